package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.schedule.Scheduler;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a transfer says it waits for. */
class TransferBoundTest {

    private static final int LEAVES = 4;
    private static final PeerAddress PEER = PeerAddress.parse("192.0.2.1:1531");
    private static final long TENTH = 100_000_000L;

    private final List<Scheduler.Fetch> asked = new ArrayList<>();
    private boolean storeIsBehind;
    private final NodeEffects effects = (NodeEffects) Proxy.newProxyInstance(
            NodeEffects.class.getClassLoader(), new Class<?>[] {NodeEffects.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("fetch")) {
                    asked.add((Scheduler.Fetch) arguments[1]);
                }
                return switch (method.getName()) {
                    case "storeIsBehind" -> storeIsBehind;
                    case "roundTripNanos" -> 0L;
                    default -> null;
                };
            });
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
        storeIsBehind = true;

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

        transfer.leafStored(fetch.request(), fetch.first(), PEER, now);
        transfer.leafStored(fetch.request(), fetch.first(), PEER, now);

        assertThat(transfer.view(now).sources().pace().duplicateBytes()).isEqualTo(BlobLayout.LEAF_BYTES);
    }

    /** A transfer that is asking a peer for what that holds. */
    private Transfer fetching(LeafSet held) {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.allocate(LEAVES * BlobLayout.LEAF_BYTES));
        BlobCache.Seeded blob = hasher.finish();
        Transfer transfer = new Transfer(
                new PeerId("self"),
                blob.id(),
                blob.layout(),
                blob.tree().root(),
                effects,
                new Random(1),
                new Downlink());
        transfer.startAt(now);
        transfer.report(PEER, new PeerId("peer"), held, false, now);
        transfer.advance(now, now);
        transfer.treeAnswered(PEER, blob.tree());
        transfer.opened(LeafSet.none(LEAVES), now);
        transfer.advance(now, now);
        return transfer;
    }

    /** Everything that is asked for comes, also what is asked for because of it. */
    private void come(Transfer transfer) {
        for (int i = 0; i < asked.size(); i++) {
            Scheduler.Fetch fetch = asked.get(i);
            for (int leaf = fetch.first(); leaf < fetch.end(); leaf++) {
                now += TENTH / 100;
                transfer.leafStored(fetch.request(), leaf, PEER, now);
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
