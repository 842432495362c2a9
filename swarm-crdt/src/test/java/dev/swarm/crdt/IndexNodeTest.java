package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IndexNodeTest {

    @Test
    void put_ascendingKeys_staysLogarithmic() {
        IndexNode root = null;
        for (int i = 0; i < 20_000; i++) {
            root = IndexNode.put(root, node(i));
        }

        assertThat(checkedHeight(root)).isLessThanOrEqualTo(maxHeight(20_000));
    }

    @Test
    void remove_allOfOneSide_staysBalanced() {
        IndexNode root = null;
        for (int i = 0; i < 4_000; i++) {
            root = IndexNode.put(root, node(i));
        }
        for (int i = 0; i < 3_900; i++) {
            root = IndexNode.remove(root, new KeyHash(0, i));
        }

        assertThat(checkedHeight(root)).isLessThanOrEqualTo(maxHeight(100));
        assertThat(IndexNode.count(root)).isEqualTo(100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#few")
    void putAndRemove_anySequence_keepsBalanceAtEveryStep(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Integer> present = new ArrayList<>();
        IndexNode root = null;
        for (int i = 0; i < 600; i++) {
            boolean shrinking = i / 150 % 2 == 1;
            if (!present.isEmpty() && random.nextInt(4) < (shrinking ? 3 : 1)) {
                int gone = present.get(random.nextInt(present.size()));
                present.removeIf(key -> key == gone);
                root = IndexNode.remove(root, new KeyHash(0, gone));
            } else {
                root = IndexNode.put(root, node(i));
                present.add(i);
            }
            checkedHeight(root);
            assertThat(IndexNode.count(root)).isEqualTo(present.size());
        }
    }

    private static IndexNode node(int key) {
        VersionedKey element = new VersionedKey(new KeyHash(0, key), HybridTimestamp.ZERO, 0);
        return new IndexNode(element, new Fingerprint(key, key));
    }

    /** Height of the tree, having checked that neither subtree weighs more than three times the other. */
    private static int checkedHeight(IndexNode node) {
        if (node == null) {
            return 0;
        }
        int left = IndexNode.count(node.left) + 1;
        int right = IndexNode.count(node.right) + 1;
        assertThat(left).isLessThanOrEqualTo(3 * right);
        assertThat(right).isLessThanOrEqualTo(3 * left);
        return 1 + Math.max(checkedHeight(node.left), checkedHeight(node.right));
    }

    /** Every step down leaves at most three quarters of the weight. */
    private static int maxHeight(int count) {
        return (int) Math.ceil(Math.log(count + 1.0) / Math.log(4.0 / 3.0));
    }
}
