package dev.swarm.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.LeafSet;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RarityTest {

    private static final int[] FEW = {1, 2, 4, Integer.MAX_VALUE};

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
    void rarest_anyReports_isTheFirstOfThoseThatFewestHold(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        int leaves = 1 + random.nextInt(300);
        Rarity rarity = new Rarity(leaves);
        LeafSet[] peers = new LeafSet[8];
        for (int i = 0; i < peers.length; i++) {
            peers[i] = LeafSet.none(leaves);
        }
        LeafSet here = LeafSet.none(leaves);
        LeafBits underWay = new LeafBits(leaves);

        for (int round = 0; round < 50; round++) {
            int peer = random.nextInt(peers.length);
            LeafSet report = peers[peer].copy();
            random.ints(leaves / 8 + 1, 0, leaves).forEach(random.nextInt(4) > 0 ? report::add : report::remove);
            rarity.changed(peers[peer], report, 0);
            peers[peer] = report;
            here.add(random.nextInt(leaves));
            underWay.add(random.nextInt(leaves));
            int from = random.nextInt(leaves);

            int found = rarity.rarest(new LeafBits.Query(report, null, here, underWay), from);

            assertThat(found).isEqualTo(expected(rarity, report, here, underWay, from));
        }
    }

    /** Looks leaf by leaf. */
    private static int expected(Rarity rarity, LeafSet in, LeafSet here, LeafBits underWay, int from) {
        for (int few : FEW) {
            for (int i = 0; i < in.leafCount(); i++) {
                int leaf = (from + i) % in.leafCount();
                boolean isOpen = in.contains(leaf) && !here.contains(leaf) && !underWay.contains(leaf);
                if (isOpen && rarity.holders(leaf) <= few) {
                    return leaf;
                }
            }
        }
        return -1;
    }
}
