package dev.swarm.examples.admin;

import dev.swarm.NodeCounter;
import dev.swarm.NodeStatus;
import dev.swarm.SwarmNode;
import dev.swarm.node.TransferPhase;
import dev.swarm.node.TransferView;
import dev.swarm.peer.PeerView;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node as Prometheus reads it. No label names a blob or a peer: their number is for others to decide, and each would cost the
 * monitoring system a series. Safe for many threads.
 */
final class NodeMetrics {

    /** The text format's media type. */
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final SwarmNode node;
    private final HealthFindings health;

    NodeMetrics(SwarmNode node, HealthFindings health) {
        this.node = node;
        this.health = health;
    }

    /** Every metric in the text format. */
    String text() {
        NodeStatus status = node.status();
        List<Metric> metrics = new ArrayList<>();
        addContent(metrics, status);
        addPeers(metrics);
        addTransfers(metrics, status);
        addStanding(metrics, status);
        addCounters(metrics, node.counts());
        StringBuilder text = new StringBuilder();
        metrics.forEach(metric -> metric.writeTo(text));
        return text.toString();
    }

    private void addContent(List<Metric> metrics, NodeStatus status) {
        metrics.add(Metric.gauge("swarm_blobs", "Blobs in the manifest, by state.")
                .value("state", "active", status.activeBlobs())
                .value("state", "revoked", status.revokedBlobs()));
        metrics.add(Metric.gauge("swarm_complete_blobs", "Blobs that are complete on this node.")
                .value(status.completeBlobs()));
        metrics.add(Metric.gauge("swarm_broken_seeds", "Files in the seed directory that cannot be published.")
                .value(health.brokenSeeds().size()));
        metrics.add(
                Metric.counter("swarm_manifest_changes_total", "Changes of the manifest, over all runs of the node.")
                        .value(status.manifestVersion()));
    }

    private void addPeers(List<Metric> metrics) {
        Map<Integer, String> names = new TreeMap<>(Map.of(-1, "banned", 0, "hinted", 1, "proven", 2, "served"));
        List<PeerView> peers = node.peers();
        Metric known = Metric.gauge("swarm_peers", "Peers that are known, by what they proved.");
        names.forEach((trust, name) -> known.value(
                "trust",
                name,
                peers.stream().filter(peer -> peer.trust() == trust).count()));
        metrics.add(known);
        metrics.add(Metric.gauge("swarm_reachable_peers", "Proven peers that may be asked at present.")
                .value(peers.stream()
                        .filter(peer -> peer.trust() > 0 && peer.reachable())
                        .count()));
    }

    private static void addTransfers(List<Metric> metrics, NodeStatus status) {
        List<TransferView> transfers = status.transfers();
        Metric phases = Metric.gauge("swarm_transfers", "Blobs on their way in, by phase.");
        for (TransferPhase phase : TransferPhase.values()) {
            if (phase != TransferPhase.DONE) {
                phases.value(
                        "phase",
                        phase.name().toLowerCase(Locale.ROOT),
                        transfers.stream().filter(view -> view.phase() == phase).count());
            }
        }
        metrics.add(phases);
        metrics.add(Metric.gauge("swarm_skipped_transfers", "Blobs that wait for room on the disk.")
                .value(transfers.stream().filter(TransferView::skippedForDisk).count()));
        metrics.add(Metric.gauge("swarm_missing_chunks", "Chunks of 1 MiB that blobs on their way in lack.")
                .value(transfers.stream()
                        .mapToLong(view -> view.layout().chunkCount() - view.chunksHeld())
                        .sum()));
    }

    private void addStanding(List<Metric> metrics, NodeStatus status) {
        Metric gates = Metric.gauge("swarm_gate_open", "Whether a subsystem's gate is open, 1 or 0.");
        new TreeMap<>(status.gates()).forEach((name, open) -> gates.value("subsystem", name, open ? 1 : 0));
        metrics.add(gates);
        Metric disk = Metric.gauge("swarm_disk_free_ratio", "Share of the node's file system that is free, 0 to 1.");
        double free = health.freePercent();
        metrics.add(free < 0 ? disk : disk.value(BigDecimal.valueOf(Math.round(free * 100), 4)));
        Metric checkIn = Metric.gauge(
                "swarm_last_checkin_timestamp_seconds",
                "When a coordinator last answered; absent if none has since the start.");
        Instant last = status.lastCheckIn();
        metrics.add(last == null ? checkIn : checkIn.value(BigDecimal.valueOf(last.toEpochMilli(), 3)));
    }

    private static void addCounters(List<Metric> metrics, Map<NodeCounter, Long> counts) {
        counts.forEach(
                (counter, count) -> metrics.add(Metric.counter("swarm_" + nameOf(counter) + "_total", helpOf(counter))
                        .value(count)));
    }

    private static String nameOf(NodeCounter counter) {
        return (counter == NodeCounter.BANS ? "peer_" : "") + counter.name().toLowerCase(Locale.ROOT);
    }

    private static String helpOf(NodeCounter counter) {
        return switch (counter) {
            case RECEIVED_BYTES -> "Bytes of content from peers that matched their hashes.";
            case SENT_BYTES -> "Bytes of content that peers were answered with.";
            case COMPLETED_TRANSFERS -> "Blobs that became complete by a transfer.";
            case BROKEN_TRANSFERS -> "Runs of transfers that ended without the blob.";
            case REJECTED_LEAVES -> "Leaves from peers that did not match their hashes.";
            case GOSSIP_EXCHANGES -> "Questions about manifests and holdings that peers answered.";
            case SKIPS -> "Transfers and pushes put off for want of room, here or at a peer.";
            case BANS -> "Times that a peer was banned for what it sent.";
        };
    }
}
