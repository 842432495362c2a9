package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import org.junit.jupiter.api.Test;

/** What a transfer says of which nothing comes. */
class TransferStallTest {

    private static final int LEAVES = 40;
    private static final long SECOND = 1_000_000_000L;
    private static final String NOBODY = "no progress: no peer has it (3 peers known)";

    private final TransferRig rig = new TransferRig();
    private long now = 1;

    @Test
    void lacksSupply_nobodyHasItForTenSeconds_isTheReasonAndSaidOnce() {
        Transfer transfer = waiting();

        now += 10 * SECOND - 1;
        assertThat(transfer.lacksSupply(NOBODY, now)).isFalse();
        assertThat(transfer.view(now).stalled()).isFalse();
        assertThat(transfer.view(now).reason()).isEmpty();
        now++;
        assertThat(transfer.lacksSupply(NOBODY, now)).isTrue();
        assertThat(transfer.lacksSupply("no progress: as before", now)).isFalse();

        assertThat(transfer.view(now).stalled()).isTrue();
        assertThat(transfer.view(now).reason()).isEqualTo("no progress: as before");
    }

    @Test
    void lacksSupply_somebodyHasSomeOfIt_isNoReason() {
        Transfer transfer = waiting();
        transfer.report(TransferRig.FIRST, TransferRig.FIRST_ID, LeafSet.of(LEAVES, 1), false, now);

        now += 20 * SECOND;

        assertThat(transfer.lacksSupply(NOBODY, now)).isFalse();
        assertThat(transfer.view(now).stalled()).isFalse();
    }

    @Test
    void advance_noLeafComesForTenSeconds_endsTheRunWithTheReasonUntilOneComes() {
        Transfer transfer = rig.open(LEAVES, LeafSet.all(LEAVES), LeafSet.none(LEAVES), now);

        now += 10 * SECOND;
        transfer.advance(now, now);

        assertThat(transfer.phase()).isEqualTo(TransferPhase.WAITING);
        assertThat(transfer.view(now).stalled()).isTrue();
        assertThat(transfer.view(now).reason()).isEqualTo("no progress: no peer gave a leaf for 10 s");
        rig.openAgain(transfer, LeafSet.none(LEAVES), now);
        assertThat(transfer.view(now).stalled()).as("before anything came").isTrue();
        transfer.leafStored(1, 0, TransferRig.FIRST, now);
        assertThat(transfer.view(now).stalled()).isFalse();
        assertThat(transfer.view(now).reason()).isEmpty();
    }

    @Test
    void advance_leafHashesThatComeSlowly_areWaitedForAndOthersAreNot() {
        Transfer transfer = rig.waiting(LEAVES, now);
        transfer.report(TransferRig.FIRST, TransferRig.FIRST_ID, LeafSet.all(LEAVES), false, now);
        transfer.advance(now, now);

        for (int i = 0; i < 4; i++) {
            now += 9 * SECOND;
            transfer.treeArriving(TransferRig.FIRST, now);
            transfer.advance(now, now);
            assertThat(transfer.phase()).isEqualTo(TransferPhase.TREE);
        }
        now += 10 * SECOND;
        transfer.treeArriving(PeerAddress.parse("192.0.2.9:1531"), now);
        transfer.advance(now, now);

        assertThat(transfer.view(now).reason()).isEqualTo("no progress: no peer gives the leaf hashes");
    }

    @Test
    void lacksSupply_afterARunThatSaidSo_isSaidAgainOnlyOnceSomethingCame() {
        Transfer transfer = rig.open(LEAVES, LeafSet.all(LEAVES), LeafSet.none(LEAVES), now);
        now += 10 * SECOND;
        transfer.advance(now, now);
        transfer.forget(TransferRig.FIRST);

        assertThat(transfer.lacksSupply(NOBODY, now)).isFalse();
        assertThat(transfer.view(now).reason()).isEqualTo(NOBODY);

        transfer.report(TransferRig.FIRST, TransferRig.FIRST_ID, LeafSet.all(LEAVES), false, now);
        rig.openAgain(transfer, LeafSet.none(LEAVES), now);
        transfer.leafStored(1, 0, TransferRig.FIRST, now);
        transfer.storeFailed("the disk is gone", false, now);
        transfer.forget(TransferRig.FIRST);
        now += 10 * SECOND;
        assertThat(transfer.lacksSupply(NOBODY, now)).isTrue();
    }

    @Test
    void lacksSupply_noRoomOnTheDisk_leavesThatAsTheReason() {
        Transfer transfer = rig.open(LEAVES, LeafSet.all(LEAVES), LeafSet.none(LEAVES), now);
        transfer.storeFailed("insufficient disk space", true, now);
        transfer.forget(TransferRig.FIRST);

        now += 10 * SECOND;

        assertThat(transfer.lacksSupply(NOBODY, now)).isFalse();
        assertThat(transfer.view(now).reason()).isEqualTo("insufficient disk space");
        assertThat(transfer.view(now).skippedForDisk()).isTrue();
        assertThat(transfer.view(now).stalled()).isFalse();
    }

    /** A transfer of which one peer says that it has nothing yet. */
    private Transfer waiting() {
        Transfer transfer = rig.waiting(LEAVES, now);
        transfer.report(PeerAddress.parse("192.0.2.9:1531"), new PeerId("empty"), LeafSet.none(LEAVES), false, now);
        transfer.advance(now, now);
        return transfer;
    }
}
