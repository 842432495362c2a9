package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.schedule.Scheduler;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a transfer says it waits for. */
class TransferBoundTest {

    private static final int LEAVES = 4;
    private static final long TENTH = 100_000_000L;

    private final TransferRig rig = new TransferRig();
    private final List<Scheduler.Fetch> asked = rig.asked;
    private long now = TENTH;

    @Test
    void bound_nobodyHasTheRest_isTheSeeder() {
        LeafSet first = LeafSet.none(LEAVES);
        first.add(0);
        Transfer transfer = fetching(first);
        come(transfer);

        wait(transfer, 20);

        assertThat(transfer.view(now).sources().pace().bound()).isEqualTo(TransferPace.Bound.SEEDER);
        assertThat(transfer.view(now).sources().pace().ratio()).isGreaterThan(1);
    }

    @Test
    void bound_whatWasAskedForDoesNotCome_isThePeers() {
        Transfer transfer = fetching(LeafSet.all(LEAVES));

        wait(transfer, 20);

        assertThat(asked).isNotEmpty();
        assertThat(transfer.view(now).sources().pace().bound()).isEqualTo(TransferPace.Bound.PEERS);
    }

    @Test
    void bound_writesWait_isTheDisk() {
        Transfer transfer = fetching(LeafSet.all(LEAVES));
        rig.storeIsBehind = true;

        wait(transfer, 20);

        assertThat(transfer.view(now).sources().pace().bound()).isEqualTo(TransferPace.Bound.DISK);
    }

    @Test
    void bound_whileTheWholeIsChecked_isTheDisk() {
        Transfer transfer = fetching(LeafSet.all(LEAVES));
        come(transfer);

        wait(transfer, 20);

        assertThat(transfer.phase()).isEqualTo(TransferPhase.COMMITTING);
        assertThat(transfer.view(now).sources().pace().bound()).isEqualTo(TransferPace.Bound.DISK);
    }

    @Test
    void pace_leafThatCameTwice_isCounted() {
        Transfer transfer = fetching(LeafSet.all(LEAVES));
        Scheduler.Fetch fetch = asked.get(0);

        transfer.leafStored(fetch.request(), fetch.first(), TransferRig.FIRST, now);
        transfer.leafStored(fetch.request(), fetch.first(), TransferRig.FIRST, now);

        assertThat(transfer.view(now).sources().pace().duplicateBytes()).isEqualTo(BlobLayout.LEAF_BYTES);
    }

    /** A transfer that is asking a peer for what that holds. */
    private Transfer fetching(LeafSet held) {
        Transfer transfer = rig.open(LEAVES, held, LeafSet.none(LEAVES), now);
        transfer.advance(now, now);
        return transfer;
    }

    /** Everything that is asked for comes, also what is asked for because of it. */
    private void come(Transfer transfer) {
        for (int i = 0; i < asked.size(); i++) {
            Scheduler.Fetch fetch = asked.get(i);
            for (int leaf = fetch.first(); leaf < fetch.end(); leaf++) {
                now += TENTH / 100;
                transfer.leafStored(fetch.request(), leaf, TransferRig.FIRST, now);
            }
            transfer.fetchEnded(fetch.request(), Scheduler.Ending.COMPLETE, now);
            transfer.advance(now, now);
        }
    }

    private void wait(Transfer transfer, int tenths) {
        for (int i = 0; i < tenths; i++) {
            transfer.advance(now, now);
            now += TENTH;
        }
    }
}
