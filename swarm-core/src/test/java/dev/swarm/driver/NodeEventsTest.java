package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.NodeCounter;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.node.SourceReport;
import dev.swarm.peer.PeerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NodeEventsTest {

    private static final BlobId BLOB = BlobId.parse("ab".repeat(32));
    private static final PeerAddress PEER = PeerAddress.parse("10.0.0.1:1531");

    /** What was counted when each event was recorded. */
    private final List<Map<NodeCounter, Long>> counted = new ArrayList<>();

    private final NodeEvents events = new NodeEvents(new FlightRecorder() {
        @Override
        public void transferEnd(BlobId blob, BlobLayout layout, @Nullable SourceReport sources, String outcome) {
            counted.add(events().counts());
        }

        @Override
        public void verificationFailure(BlobId blob, int leaf, PeerAddress peer) {
            counted.add(events().counts());
        }

        @Override
        public void gossipExchange(PeerAddress peer, String kind, int entries) {
            counted.add(events().counts());
        }

        @Override
        public void gateSkip(String subject, String reason) {
            counted.add(events().counts());
        }

        @Override
        public void ban(PeerAddress peer) {
            counted.add(events().counts());
        }
    });

    private NodeEvents events() {
        return events;
    }

    @Test
    void everyEvent_isRecordedBeforeItIsCounted() {
        events.transferEnded(BLOB, new BlobLayout(1), null, NodeEvents.COMPLETE);
        events.transferEnded(BLOB, new BlobLayout(1), null, "no progress");
        events.rejected(BLOB, 0, PEER);
        events.gossiped(PEER, "sync", 1);
        events.skipped("a push", "no room");
        events.banned(PEER);

        List<NodeCounter> expected = List.of(
                NodeCounter.COMPLETED_TRANSFERS,
                NodeCounter.BROKEN_TRANSFERS,
                NodeCounter.REJECTED_LEAVES,
                NodeCounter.GOSSIP_EXCHANGES,
                NodeCounter.SKIPS,
                NodeCounter.BANS);
        assertThat(counted).hasSize(expected.size());
        for (int i = 0; i < counted.size(); i++) {
            assertThat(counted.get(i)).containsEntry(expected.get(i), 0L);
            assertThat(events.counts()).containsEntry(expected.get(i), 1L);
        }
    }
}
