package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.schedule.Scheduler;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a transfer says of the leaves that came last, and what it makes of a peer that says so. */
class TransferReportTest {

    private static final int LEAVES = 40;
    private static final PeerAddress PEER = PeerAddress.parse("192.0.2.2:1531");
    private static final PeerId PEER_ID = new PeerId("another");

    private final TransferRig rig = new TransferRig();
    private final List<Scheduler.Fetch> asked = rig.asked;
    private long now = 1;

    @Test
    void cameSince_whatAnEarlierCountLacks_isEveryLeafThatCameAfterIt() {
        Transfer transfer = fetching(LeafSet.of(LEAVES, 0));
        LeafSet known = LeafSet.of(LEAVES, 0);
        for (int leaf : new int[] {7, 3, 39, 12}) {
            come(transfer, leaf);
        }

        assertThat(transfer.cameSince(1)).containsExactly(3, 7, 12, 39);
        assertThat(transfer.cameSince(3)).containsExactly(12, 39);
        assertThat(transfer.cameSince(5)).as("nothing came since").isNull();
        for (int leaf : new int[] {3, 7, 12, 39}) {
            known.add(leaf);
        }
        assertThat(transfer.held().encode()).isEqualTo(known.encode());
    }

    @Test
    void cameSince_countBeforeTheRun_isNotKnown() {
        Transfer transfer = fetching(LeafSet.of(LEAVES, 4, 5, 6));
        come(transfer, 9);

        assertThat(transfer.cameSince(2)).isNull();
        assertThat(transfer.cameSince(3)).containsExactly(9);
    }

    @Test
    void cameSince_leafThatCameTwice_isThereOnce() {
        Transfer transfer = fetching(LeafSet.none(LEAVES));
        come(transfer, 8);
        come(transfer, 8);
        come(transfer, 2);

        assertThat(transfer.cameSince(0)).containsExactly(2, 8);
    }

    @Test
    void cameSince_theLastLeaf_isLeftToTheShareOfWhoHasAll() {
        Transfer transfer = fetching(LeafSet.none(LEAVES));
        for (int leaf = 0; leaf < LEAVES; leaf++) {
            come(transfer, leaf);
        }

        assertThat(transfer.cameSince(LEAVES - 1)).isNull();
    }

    @Test
    void reportMore_ofAPeerThatWasHeardOf_isAskedFor() {
        Transfer transfer = fetching(LeafSet.none(LEAVES));
        transfer.report(PEER, PEER_ID, LeafSet.none(LEAVES), false, now);
        assertThat(asked).isEmpty();

        assertThat(transfer.reportMore(PEER, PEER_ID, new int[] {5, 6}, 3, now)).isTrue();
        transfer.advance(now, Long.MAX_VALUE);

        assertThat(asked.stream().flatMap(fetch -> leaves(fetch).stream())).containsExactlyInAnyOrder(5, 6);
    }

    @Test
    void reportMore_thatDoesNotFitWhatWasSaid_isNotTaken() {
        Transfer transfer = fetching(LeafSet.none(LEAVES));
        assertThat(transfer.reportMore(PEER, PEER_ID, new int[] {5}, 2, now))
                .as("of a peer that said nothing")
                .isFalse();
        transfer.report(PEER, PEER_ID, LeafSet.of(LEAVES, 1), false, now);

        assertThat(transfer.reportMore(PEER, PEER_ID, new int[] {1, 5}, 4, now))
                .as("a leaf that was told of")
                .isFalse();
        assertThat(transfer.reportMore(PEER, PEER_ID, new int[] {5}, 4, now))
                .as("one report was missed")
                .isFalse();
        assertThat(transfer.reportMore(PEER, PEER_ID, new int[] {5}, 3, now)).isTrue();
    }

    @Test
    void reportMore_toAll_countsAsHavingAll() {
        Transfer transfer = fetching(LeafSet.none(LEAVES));
        LeafSet most = LeafSet.all(LEAVES);
        most.remove(11);
        transfer.report(PEER, PEER_ID, most, false, now);

        assertThat(transfer.reportMore(PEER, PEER_ID, new int[] {11}, LEAVES + 1, now))
                .isTrue();
        for (int i = 0; i < LEAVES; i++) {
            transfer.advance(now, Long.MAX_VALUE);
            List<Scheduler.Fetch> fetches = List.copyOf(asked);
            asked.clear();
            for (Scheduler.Fetch fetch : fetches) {
                leaves(fetch).forEach(leaf -> transfer.leafStored(fetch.request(), leaf, PEER, ++now));
                transfer.fetchEnded(fetch.request(), Scheduler.Ending.COMPLETE, now);
            }
        }

        assertThat(transfer.held().isFull()).isTrue();
    }

    private static List<Integer> leaves(Scheduler.Fetch fetch) {
        List<Integer> leaves = new ArrayList<>();
        for (int leaf = fetch.first(); leaf < fetch.end(); leaf++) {
            leaves.add(leaf);
        }
        return leaves;
    }

    private void come(Transfer transfer, int leaf) {
        transfer.leafStored(0, leaf, PEER, ++now);
    }

    /** A transfer that holds these leaves and knows of nobody any more. */
    private Transfer fetching(LeafSet held) {
        Transfer transfer = rig.open(LEAVES, LeafSet.all(LEAVES), held, now);
        transfer.forget(TransferRig.FIRST);
        return transfer;
    }
}
