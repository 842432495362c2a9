package dev.swarm.driver;

import dev.swarm.NodeCounter;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.node.SourceReport;
import dev.swarm.peer.PeerAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Tells the runtime's flight recorder, where there is one, what a node does, and then counts it: what was counted is in the
 * recording. Safe for many threads.
 */
final class NodeEvents {

    /** The outcome of a transfer whose blob is in its place. */
    static final String COMPLETE = "complete";

    private final Map<NodeCounter, LongAdder> counts = new EnumMap<>(NodeCounter.class);
    private final FlightRecorder recorder;

    NodeEvents() {
        this(FlightRecorder.ofThisRuntime());
    }

    NodeEvents(FlightRecorder recorder) {
        this.recorder = recorder;
        for (NodeCounter counter : NodeCounter.values()) {
            counts.put(counter, new LongAdder());
        }
    }

    /** Every counter with its value. */
    Map<NodeCounter, Long> counts() {
        Map<NodeCounter, Long> values = new EnumMap<>(NodeCounter.class);
        counts.forEach((counter, value) -> values.put(counter, value.sum()));
        return values;
    }

    void received(int bytes) {
        add(NodeCounter.RECEIVED_BYTES, bytes);
    }

    void sent(long bytes) {
        add(NodeCounter.SENT_BYTES, bytes);
    }

    /**
     * A run ended.
     *
     * @param sources how its chunks came, null if that is forgotten already
     * @param outcome {@link #COMPLETE}, or how else
     */
    void transferEnded(BlobId blob, BlobLayout layout, @Nullable SourceReport sources, String outcome) {
        boolean complete = outcome.equals(COMPLETE);
        recorder.transferEnd(blob, layout, sources, outcome);
        add(complete ? NodeCounter.COMPLETED_TRANSFERS : NodeCounter.BROKEN_TRANSFERS, 1);
    }

    void rejected(BlobId blob, int leaf, PeerAddress peer) {
        recorder.verificationFailure(blob, leaf, peer);
        add(NodeCounter.REJECTED_LEAVES, 1);
    }

    /** A peer answered a question with so many manifest entries. */
    void gossiped(PeerAddress peer, String kind, int entries) {
        recorder.gossipExchange(peer, kind, entries);
        add(NodeCounter.GOSSIP_EXCHANGES, 1);
    }

    /** Something was put off for want of room: a blob or a subsystem's push. */
    void skipped(String subject, String reason) {
        recorder.gateSkip(subject, reason);
        add(NodeCounter.SKIPS, 1);
    }

    void banned(PeerAddress peer) {
        recorder.ban(peer);
        add(NodeCounter.BANS, 1);
    }

    private void add(NodeCounter counter, long count) {
        LongAdder value = counts.get(counter);
        if (value != null) {
            value.add(count);
        }
    }
}
