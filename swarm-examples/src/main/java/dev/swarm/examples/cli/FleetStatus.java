package dev.swarm.examples.cli;

import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.coordinate.FleetReport;
import dev.swarm.manifest.BlobView;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerView;
import dev.swarm.trait.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How far a blob has come on this node, on every peer that answers, and, at a coordinator, on whoever checks in with it. For whom
 * the blob is, is told from the traits that each of them reports. Confined.
 */
final class FleetStatus {

    private static final String TRAIT = "swarm";
    private static final long ANSWER_SECONDS = 3;

    private final BlobView blob;
    private final int chunks;
    private final List<NodeRow> rows = new ArrayList<>();

    /** Who may be meant, but did not answer, or did not tell its blobs or its traits. */
    private final Set<String> unknown = new TreeSet<>();

    FleetStatus(BlobView blob) {
        this.blob = blob;
        this.chunks = new BlobLayout(blob.size()).chunkCount();
    }

    /** One node. */
    private record NodeRow(
            String host,
            String status,
            long chunksHeld,
            String skipReason,
            Map<?, ?> sources,
            Map<String, @Nullable Object> pace) {}

    static FleetStatus of(SwarmNode node, BlobId id) {
        BlobView view = node.blobs().stream()
                .filter(candidate -> candidate.blob().equals(id))
                .findFirst()
                .orElseThrow(() -> new SwarmException(SwarmException.Reason.NOT_FOUND, "no blob has the id " + id));
        FleetStatus status = new FleetStatus(view);
        Map<PeerId, CompletableFuture<String>> answers = new LinkedHashMap<>();
        for (PeerView peer : node.peers()) {
            PeerId host = peer.id();
            if (host != null && peer.reachable()) {
                answers.put(host, node.trait(peer.address(), TRAIT).orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS));
            }
        }
        Map<PeerId, FleetReport> reports = new TreeMap<>();
        node.fleet().forEach(report -> reports.put(report.host(), report));
        status.add(node.id(), node.trait(TRAIT));
        answers.forEach((host, answer) -> {
            String trait = answer.exceptionally(failure -> null).join();
            FleetReport report = reports.remove(host);
            status.add(host, trait == null && report != null ? report.trait(TRAIT) : trait);
        });
        reports.forEach((host, report) -> status.add(host, report.trait(TRAIT)));
        return status;
    }

    Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("sha256", blob.blob().hex());
        document.put("label", blob.label().name());
        document.put("size", blob.size());
        document.put("chunks", chunks);
        document.put("state", blob.isActive() ? "active" : "revoked");
        Map<String, @Nullable Object> summary = new LinkedHashMap<>();
        for (String state : List.of("complete", "downloading", "pending", "skipped", "revoking", "revoked")) {
            summary.put(
                    state,
                    rows.stream().filter(row -> row.status().equals(state)).count());
        }
        summary.put("total", (long) rows.size());
        List<Map<String, @Nullable Object>> nodes = new ArrayList<>();
        for (NodeRow row : rows) {
            Map<String, @Nullable Object> node = new LinkedHashMap<>();
            node.put("host", row.host());
            node.put("status", row.status());
            node.put("chunks_have", row.chunksHeld());
            node.put("chunks_total", (long) chunks);
            node.put("skip_reason", row.skipReason());
            node.put("sources", row.sources());
            node.putAll(row.pace());
            nodes.add(node);
        }
        document.put("nodes", nodes);
        document.put("summary", summary);
        if (!unknown.isEmpty()) {
            document.put("unknown", List.copyOf(unknown));
        }
        return document;
    }

    /** Takes in what a node reports of itself, to a coordinator perhaps shortened; null if it did not answer. */
    void add(PeerId host, @Nullable String trait) {
        Map<String, @Nullable Object> members = read(trait);
        boolean untold = members.get("left_out") instanceof List<?> leftOut && leftOut.contains("blobs");
        if (members.isEmpty() || untold) {
            unknown.add(host.host());
            return;
        }
        String hex = blob.blob().hex();
        boolean held = members.get("blobs") instanceof List<?> held0 && held0.contains(hex);
        Object downloading = member(members, "downloading", hex);
        Object skipped = member(members, "skipped", hex);
        Map<?, ?> sources = member(members, "chunk_sources", hex) instanceof Map<?, ?> map
                ? map
                : new LinkedHashMap<String, @Nullable Object>();
        String status = status(held, downloading != null, skipped != null);
        if (!status.equals("pending") || isMeant(host, members)) {
            long have = held ? chunks : downloading instanceof Long count ? count : 0;
            rows.add(new NodeRow(
                    host.host(), status, have, skipped == null ? "" : skipped.toString(), sources, pace(members)));
        }
    }

    private Map<String, @Nullable Object> pace(Map<String, @Nullable Object> members) {
        Map<String, @Nullable Object> pace = new LinkedHashMap<>();
        for (String key : List.of("ratio", "bound", "duplicate_bytes")) {
            Object told = member(members, key, blob.blob().hex());
            if (told instanceof Number || told instanceof String) {
                pace.put(key, told);
            }
        }
        return pace;
    }

    private static Map<String, @Nullable Object> read(@Nullable String trait) {
        try {
            return new LinkedHashMap<>(JsonText.readObject(trait == null ? "{}" : trait));
        } catch (IllegalArgumentException e) {
            return new LinkedHashMap<>();
        }
    }

    private boolean isMeant(PeerId host, Map<String, @Nullable Object> members) {
        Map<String, String> traits = new LinkedHashMap<>();
        if (members.get("traits") instanceof Map<?, ?> told) {
            told.forEach((name, value) -> traits.put(String.valueOf(name), String.valueOf(value)));
        } else {
            unknown.add(host.host());
        }
        return blob.entryFor(host, traits) != null;
    }

    private String status(boolean held, boolean downloading, boolean skipped) {
        if (!blob.isActive()) {
            return held || downloading ? "revoking" : "revoked";
        }
        if (held) {
            return "complete";
        }
        if (downloading) {
            return "downloading";
        }
        return skipped ? "skipped" : "pending";
    }

    private static @Nullable Object member(Map<String, @Nullable Object> members, String name, String key) {
        return members.get(name) instanceof Map<?, ?> map ? map.get(key) : null;
    }
}
