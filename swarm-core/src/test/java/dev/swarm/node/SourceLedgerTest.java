package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whom a chunk counts for. */
class SourceLedgerTest {

    private static final int LEAVES = BlobLayout.LEAVES_PER_CHUNK;
    private static final PeerAddress SEEDER = PeerAddress.parse("10.0.0.1:7000");
    private static final PeerAddress PEER = PeerAddress.parse("10.0.0.2:7000");

    private final BlobLayout layout = new BlobLayout(2L * BlobLayout.CHUNK_BYTES);
    private final LeafSet held = LeafSet.none(layout.leafCount());

    @Test
    void chunk_ofManyGivers_countsForWhoGaveMost() {
        SourceLedger ledger = new SourceLedger(layout, held, 0);

        store(ledger, 0, LEAVES - 1, SEEDER);
        boolean full = ledger.stored(LEAVES - 1, PEER, 0);

        assertThat(full).isTrue();
        assertThat(counts(ledger)).isEqualTo(Map.of(SEEDER.toString(), 1));
    }

    @Test
    void chunk_halfFromEach_countsForWhoGaveItsLastLeaf() {
        SourceLedger ledger = new SourceLedger(layout, held, 0);

        store(ledger, 0, LEAVES / 2, SEEDER);
        store(ledger, LEAVES / 2, LEAVES, PEER);

        assertThat(counts(ledger)).isEqualTo(Map.of(PEER.toString(), 1));
    }

    @Test
    void chunk_ofWhichMostWasHere_countsForWhoGaveTheRest() {
        for (int leaf = 0; leaf < LEAVES - 1; leaf++) {
            held.add(leaf);
        }
        SourceLedger ledger = new SourceLedger(layout, held, 0);

        ledger.stored(LEAVES - 1, PEER, 0);

        assertThat(counts(ledger)).isEqualTo(Map.of(PEER.toString(), 1));
    }

    @Test
    void chunk_thatWasHere_countsAsCached() {
        for (int leaf = 0; leaf < LEAVES; leaf++) {
            held.add(leaf);
        }

        assertThat(counts(new SourceLedger(layout, held, 0))).isEqualTo(Map.of(SourceLedger.CACHED, 1));
    }

    @Test
    void leaf_thatIsHereAlready_changesNothing() {
        SourceLedger ledger = new SourceLedger(layout, held, 0);
        store(ledger, 0, LEAVES, SEEDER);

        assertThat(ledger.stored(0, PEER, 0)).isFalse();
        assertThat(counts(ledger)).isEqualTo(Map.of(SEEDER.toString(), 1));
    }

    private static void store(SourceLedger ledger, int from, int to, PeerAddress source) {
        for (int leaf = from; leaf < to; leaf++) {
            ledger.stored(leaf, source, 0);
        }
    }

    private static Map<String, Integer> counts(SourceLedger ledger) {
        return ledger.report(0, TransferPace.NONE).chunksBySource();
    }
}
