package dev.swarm.examples.admin;

import dev.swarm.NodeStatus;
import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.SystemAdapters;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.examples.doctor.NodeReport;
import dev.swarm.examples.fleet.FleetStatus;
import dev.swarm.examples.fleet.FleetTraits;
import dev.swarm.examples.fleet.Publishers;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.node.TransferView;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerView;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A node as documents. Safe for many threads; may block on the node and, for progress, on its peers. */
final class AdminDocuments {

    /** Blobs that are listed with their progress, the newest; a page with more is of no use to a person. */
    private static final int MAX_SEEDS = 500;

    private static final int MAX_PEERS = 1_000;

    private final SwarmNode node;
    private final Path data;
    private final HealthFindings health;
    private final NodeMetrics metrics;
    private final NodePulse pulse;
    private final RecentTraits traits;

    AdminDocuments(SwarmNode node, NodeReport.Settings settings) {
        this.node = node;
        this.data = node.dataDirectory();
        this.health = new HealthFindings(node, settings);
        this.metrics = new NodeMetrics(node, health);
        this.pulse = new NodePulse(node::status);
        this.traits = new RecentTraits(() -> FleetTraits.ask(node), SystemAdapters.ticker());
    }

    /** What {@code swarm status --json} prints, with the address and what is complete. */
    Map<String, @Nullable Object> status() {
        NodeStatus status = node.status();
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("host", status.host().host());
        document.put("address", status.address().toString());
        document.put("gates", new TreeMap<String, @Nullable Object>(status.gates()));
        document.put("manifest_version", status.manifestVersion());
        document.put("active_blobs", status.activeBlobs());
        document.put("revoked", status.revokedBlobs());
        document.put("peers", status.peers());
        document.put("complete_blobs", status.completeBlobs());
        document.put(
                "last_checkin",
                status.lastCheckIn() == null ? null : status.lastCheckIn().toEpochMilli());
        document.put("cache_bytes", cacheBytes());
        Map<String, @Nullable Object> downloading = new TreeMap<>();
        status.transfers().stream()
                .filter(TransferView::isUnderWay)
                .forEach(transfer -> downloading.put(transfer.blob().hex(), transfer.chunksHeld()));
        document.put("downloading", downloading);
        Map<String, @Nullable Object> stalled = new TreeMap<>();
        status.transfers().stream()
                .filter(TransferView::stalled)
                .limit(MAX_SEEDS)
                .forEach(transfer -> stalled.put(transfer.blob().hex(), transfer.reason()));
        document.put("stalled", stalled);
        return document;
    }

    /** The blobs of the manifest with their progress: active ones first, the newest before the older. */
    Map<String, @Nullable Object> seeds() {
        long now = SystemAdapters.wallClock().millis();
        List<BlobView> all = new ArrayList<>(node.blobs());
        all.sort(Comparator.comparing(BlobView::isActive)
                .thenComparing(view -> view.winner().entry().clock())
                .reversed());
        FleetTraits told = traits.get();
        List<Object> seeds = new ArrayList<>();
        for (BlobView view : all.subList(0, Math.min(all.size(), MAX_SEEDS))) {
            FleetStatus status = FleetStatus.of(view, told);
            Map<String, @Nullable Object> seed = describe(view, now);
            seed.put("chunks_have", status.chunksHeld());
            seed.put("summary", status.summary());
            seeds.add(seed);
        }
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("seeds", seeds);
        document.put("total", all.size());
        return document;
    }

    /**
     * What {@code swarm status SHA --json} prints, with each node's strip, the flow of chunks, the terms of the blob, and whose
     * addresses the sources are.
     *
     * @throws SwarmException with reason NOT_FOUND if the manifest does not list it
     */
    Map<String, @Nullable Object> seed(BlobId blob) {
        BlobView view = node.blobs().stream()
                .filter(candidate -> candidate.blob().equals(blob))
                .findFirst()
                .orElseThrow(() -> new SwarmException(
                        SwarmException.Reason.NOT_FOUND, "no blob has the id " + blob + "; it may have been pruned"));
        FleetStatus status = FleetStatus.of(view, traits.get());
        Map<String, @Nullable Object> document =
                describe(view, SystemAdapters.wallClock().millis());
        document.putAll(status.toMap());
        document.put("chunks_have", status.chunksHeld());
        document.put("state", view.state().name().toLowerCase(Locale.ROOT));
        document.put("strips", new LinkedHashMap<String, @Nullable Object>(status.strips()));
        document.put("flow", new LinkedHashMap<String, @Nullable Object>(status.flow()));
        document.put("hosts", hosts());
        return document;
    }

    /** What a revocation came to. */
    Map<String, @Nullable Object> revoked(BlobId blob) {
        List<String> publishers = Publishers.of(node, blob);
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("sha256", blob.hex());
        document.put("state", publishers.isEmpty() ? "revoked" : "active");
        document.put("still_published_by", publishers);
        return document;
    }

    Map<String, @Nullable Object> peers() {
        List<Object> listed = new ArrayList<>();
        List<PeerView> peers = node.peers();
        peers.stream()
                .sorted(Comparator.comparingInt(PeerView::trust).reversed().thenComparing(PeerView::address))
                .limit(MAX_PEERS)
                .forEach(peer -> listed.add(describe(peer)));
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("peers", listed);
        document.put("total", peers.size());
        return document;
    }

    Map<String, @Nullable Object> health() {
        return health.document();
    }

    /** As Prometheus reads it. */
    String metrics() {
        return metrics.text();
    }

    /** Whether the node answers, for a supervisor that would start it again. */
    Answer live() {
        return pulse.live();
    }

    /** Whether it can do something for others, for whoever waits until it can. */
    Answer ready() {
        return pulse.ready();
    }

    private static Map<String, @Nullable Object> describe(PeerView peer) {
        PeerId id = peer.id();
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("address", peer.address().toString());
        document.put("host", id == null ? null : id.host());
        document.put("blobs", peer.claimedBlobs());
        document.put("last_seen_s", peer.quietNanos() / 1_000_000_000);
        document.put("trust", peer.trust());
        document.put("reachable", peer.reachable());
        return document;
    }

    private static Map<String, @Nullable Object> describe(BlobView view, long now) {
        ManifestEntry entry = view.winner().entry();
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("sha256", view.blob().hex());
        document.put("label", view.label().name());
        document.put("size", view.size());
        document.put("chunks", new BlobLayout(view.size()).chunkCount());
        document.put("target", entry.target().toString());
        document.put("retention", entry.retention().toString());
        document.put("state", view.state().name().toLowerCase(Locale.ROOT));
        document.put("origin", entry.author().host());
        document.put("age_s", Math.max(0, (now - entry.clock().epochMillis()) / 1_000));
        return document;
    }

    private Map<String, @Nullable Object> hosts() {
        Map<String, @Nullable Object> hosts = new TreeMap<>();
        hosts.put(node.address().toString(), node.id().host());
        for (PeerView peer : node.peers()) {
            PeerId id = peer.id();
            if (id != null && hosts.size() < MAX_PEERS) {
                hosts.put(peer.address().toString(), id.host());
            }
        }
        return hosts;
    }

    /** From the file that the node writes each cycle: counting anew would read the disk for every look at the page. */
    private @Nullable Object cacheBytes() {
        try {
            return JsonText.readObject(Files.readString(data.resolve("state.json")))
                    .get("cache_bytes");
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }
}
