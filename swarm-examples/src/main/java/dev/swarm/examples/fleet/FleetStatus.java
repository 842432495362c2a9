package dev.swarm.examples.fleet;

import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.SystemAdapters;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.Label;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How far a blob has come on this node, on every peer that answers, and, at a coordinator, on whoever checks in with it. For whom
 * the blob is, is told from the traits that each of them reports. Confined.
 */
public final class FleetStatus {

    /** What stands for a source where chunks were there before the transfer began. */
    private static final String CACHED = "cached";

    private final Subject blob;
    private final int chunks;
    private final List<NodeRow> rows = new ArrayList<>();

    /** Who may be meant, but did not answer, or did not tell its blobs or its traits. */
    private final Set<String> unknown = new TreeSet<>();

    /** Who has not begun by the end of a retention, as of this time, does not begin any more. */
    FleetStatus(BlobView view, long epochMillis) {
        this(Subject.of(view, epochMillis));
    }

    private FleetStatus(Subject blob) {
        this.blob = blob;
        this.chunks = new BlobLayout(blob.size()).chunkCount();
    }

    /**
     * A blob.
     *
     * @param id which
     * @param label its name
     * @param size in bytes
     * @param active whether it is distributed
     * @param targets for whom it is, or was if it is not distributed any more
     */
    private record Subject(BlobId id, Label label, long size, boolean active, List<TargetSpec> targets) {

        static Subject of(BlobView view, long epochMillis) {
            List<VerifiedEntry> entries = view.isActive() ? view.activeEntries() : view.entries();
            return new Subject(
                    view.blob(),
                    view.label(),
                    view.size(),
                    view.isActive(),
                    entries.stream()
                            .map(VerifiedEntry::entry)
                            .filter(entry -> !view.isActive() || entry.retainedUntil() > epochMillis)
                            .map(ManifestEntry::target)
                            .toList());
        }

        static Subject of(ManifestEntry entry, boolean active, long epochMillis) {
            boolean meant = !active || entry.retainedUntil() > epochMillis;
            List<TargetSpec> targets = meant ? List.of(entry.target()) : List.of();
            return new Subject(entry.blob(), entry.label(), entry.size(), active, targets);
        }
    }

    /** One node. */
    private record NodeRow(
            String host,
            String status,
            long chunksHeld,
            String skipReason,
            Map<String, Long> sources,
            Map<String, @Nullable Object> pace,
            List<ChunkStrip.Run> strip) {}

    /**
     * Asks how far a blob has come. Blocks for at most three seconds.
     *
     * @throws SwarmException with reason NOT_FOUND if the manifest does not list it
     */
    public static FleetStatus of(SwarmNode node, BlobId id) {
        BlobView view = node.blobs().stream()
                .filter(candidate -> candidate.blob().equals(id))
                .findFirst()
                .orElseThrow(() -> new SwarmException(SwarmException.Reason.NOT_FOUND, "no blob has the id " + id));
        return of(view, FleetTraits.ask(node));
    }

    /** How far a blob had come when the reports were taken. */
    public static FleetStatus of(BlobView view, FleetTraits traits) {
        FleetStatus status = new FleetStatus(view, SystemAdapters.wallClock().millis());
        traits.reports().forEach(status::add);
        return status;
    }

    /**
     * How far a blob had come on the node alone that wrote {@code state.json}.
     *
     * @param entry the entry that counts, as {@code manifest.json} has it
     * @param active whether the blob is distributed
     * @param state the members of {@code state.json}
     */
    public static FleetStatus ofFiles(ManifestEntry entry, boolean active, Map<String, @Nullable Object> state) {
        FleetStatus status = new FleetStatus(
                Subject.of(entry, active, SystemAdapters.wallClock().millis()));
        if (state.get("host") instanceof String host) {
            status.add(new PeerId(host), state.containsKey("blobs") ? state : Map.of());
        }
        return status;
    }

    /** How many nodes are in each state, and in all. */
    public Map<String, @Nullable Object> summary() {
        Map<String, @Nullable Object> summary = new LinkedHashMap<>();
        for (String state : List.of("complete", "downloading", "pending", "skipped", "revoking", "revoked")) {
            summary.put(
                    state,
                    rows.stream().filter(row -> row.status().equals(state)).count());
        }
        summary.put("total", (long) rows.size());
        return summary;
    }

    /** Chunks that the nodes have, all together. */
    public long chunksHeld() {
        return rows.stream().mapToLong(NodeRow::chunksHeld).sum();
    }

    /** By node that fetched some, how many chunks each source gave; those that were there before are left out. */
    public Map<String, Map<String, Long>> flow() {
        Map<String, Map<String, Long>> flow = new LinkedHashMap<>();
        for (NodeRow row : rows) {
            Map<String, Long> given = new TreeMap<>();
            row.sources().forEach((source, count) -> {
                if (!CACHED.equals(source)) {
                    given.put(source, count);
                }
            });
            if (!given.isEmpty()) {
                flow.put(row.host(), given);
            }
        }
        return flow;
    }

    /** By node, in the order of {@link #toMap}, the sources of its chunks as pairs of a source and a number of neighbours. */
    public Map<String, List<List<Object>>> strips() {
        Map<String, List<List<Object>>> strips = new LinkedHashMap<>();
        for (NodeRow row : rows) {
            strips.put(
                    row.host(),
                    row.strip().stream()
                            .map(run -> List.<Object>of(run.source(), run.chunks()))
                            .toList());
        }
        return strips;
    }

    /** What {@code swarm status} prints as JSON. */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("sha256", blob.id().hex());
        document.put("label", blob.label().name());
        document.put("size", blob.size());
        document.put("chunks", chunks);
        document.put("state", blob.active() ? "active" : "revoked");
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
        document.put("summary", summary());
        if (!unknown.isEmpty()) {
            document.put("unknown", List.copyOf(unknown));
        }
        return document;
    }

    /** Takes in what a node reports of itself, to a coordinator perhaps shortened; null if it did not answer. */
    void add(PeerId host, @Nullable String trait) {
        add(host, FleetTraits.read(trait));
    }

    private void add(PeerId host, Map<String, @Nullable Object> members) {
        String hex = blob.id().hex();
        boolean held = members.get("blobs") instanceof Collection<?> told && told.contains(hex);
        boolean untold = members.get("left_out") instanceof List<?> leftOut && leftOut.contains("blobs");
        if (members.isEmpty() || (untold && !held)) {
            unknown.add(host.host());
            return;
        }
        Object downloading = member(members, "downloading", hex);
        Object skipped = member(members, "skipped", hex);
        Map<String, Long> sources = sources(members);
        Object stalled = member(members, "stalled", hex);
        String status = status(held, downloading != null, skipped != null);
        boolean nothingHere = status.equals("pending") || status.equals("revoked");
        if (!nothingHere || isMeant(host, members)) {
            long have = held ? chunks : downloading instanceof Long count ? withinBlob(count) : 0;
            rows.add(new NodeRow(
                    host.host(),
                    status,
                    have,
                    reason(skipped == null ? stalled : skipped),
                    sources,
                    pace(members),
                    strip(members)));
        }
    }

    private Map<String, Long> sources(Map<String, @Nullable Object> members) {
        Map<String, Long> sources = new LinkedHashMap<>();
        if (member(members, "chunk_sources", blob.id().hex()) instanceof Map<?, ?> told) {
            told.forEach((source, count) -> {
                if (count instanceof Long number) {
                    sources.put(String.valueOf(source), withinBlob(number));
                }
            });
        }
        return sources;
    }

    /** What a node reports of itself it may make up. */
    private long withinBlob(long count) {
        return Math.max(0, Math.min(count, chunks));
    }

    private static String reason(@Nullable Object told) {
        return told == null ? "" : told.toString();
    }

    private Map<String, @Nullable Object> pace(Map<String, @Nullable Object> members) {
        Map<String, @Nullable Object> pace = new LinkedHashMap<>();
        for (String key : List.of("ratio", "bound", "duplicate_bytes")) {
            Object told = member(members, key, blob.id().hex());
            if (told instanceof Number || told instanceof String) {
                pace.put(key, told);
            }
        }
        return pace;
    }

    private List<ChunkStrip.Run> strip(Map<String, @Nullable Object> members) {
        List<ChunkStrip.Run> strip = new ArrayList<>();
        if (member(members, "chunk_details", blob.id().hex()) instanceof List<?> runs) {
            for (Object run : runs) {
                if (run instanceof ChunkStrip.Run told) {
                    strip.add(told);
                }
            }
        }
        return strip;
    }

    private boolean isMeant(PeerId host, Map<String, @Nullable Object> members) {
        Map<String, String> traits = new LinkedHashMap<>();
        if (members.get("traits") instanceof Map<?, ?> told) {
            told.forEach((name, value) -> traits.put(String.valueOf(name), String.valueOf(value)));
        } else {
            unknown.add(host.host());
        }
        return blob.targets().stream().anyMatch(target -> target.matches(host, traits));
    }

    private String status(boolean held, boolean downloading, boolean skipped) {
        if (!blob.active()) {
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
