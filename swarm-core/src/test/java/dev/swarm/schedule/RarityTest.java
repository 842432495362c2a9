package dev.swarm.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.LeafSet;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RarityTest {

    private static final int[] FEW = {1, 2, 4, Integer.MAX_VALUE};

    /** Five that follow each other, and some by themselves. */
    private static final int[] IN_A_ROW = {60, 61, 62, 63, 64, 200, 299};

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
    void anyRarest_anyReports_isOneOfThoseThatFewestHold(long seed) {
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

            int found = rarity.anyRarest(new LeafBits.Query(report, null, here, underWay), random);

            List<Integer> expected = expected(rarity, report, here, underWay);
            assertThat(found).isIn(expected);
            int from = random.nextInt(leaves);
            int first =
                    expected.stream().filter(leaf -> leaf >= from).findFirst().orElse(expected.get(0));
            assertThat(rarity.rarest(new LeafBits.Query(report, null, here, underWay), from))
                    .isEqualTo(first);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 6, 7})
    void anyRarest_leavesInARowAlike_areTakenAlikeOften(long seed) {
        RandomGenerator random = new SplittableRandom(seed);
        Rarity rarity = new Rarity(300);
        LeafSet held = LeafSet.none(300);
        for (int leaf : IN_A_ROW) {
            held.add(leaf);
        }
        rarity.changed(LeafSet.none(300), held, 0);
        int[] taken = new int[300];

        for (int i = 0; i < 1_000 * IN_A_ROW.length; i++) {
            taken[rarity.anyRarest(new LeafBits.Query(held, null, LeafSet.none(300), new LeafBits(300)), random)]++;
        }

        for (int leaf : IN_A_ROW) {
            assertThat(taken[leaf]).isBetween(800, 1_200);
        }
    }

    @Test
    void isAlike_leavesOfOneStepAndOfTwo_tellsThemApart() {
        Rarity rarity = new Rarity(4);

        rarity.change(1, 3);
        rarity.change(2, 4);

        assertThat(rarity.isAlike(0, 3)).isTrue();
        assertThat(rarity.isAlike(1, 2)).isTrue();
        assertThat(rarity.isAlike(0, 1)).isFalse();
    }

    /** Looks leaf by leaf; -1 alone if there is none. */
    private static List<Integer> expected(Rarity rarity, LeafSet in, LeafSet here, LeafBits underWay) {
        for (int few : FEW) {
            List<Integer> found = new ArrayList<>();
            for (int leaf = 0; leaf < in.leafCount(); leaf++) {
                boolean isOpen = in.contains(leaf) && !here.contains(leaf) && !underWay.contains(leaf);
                if (isOpen && rarity.holders(leaf) <= few) {
                    found.add(leaf);
                }
            }
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of(-1);
    }
}
