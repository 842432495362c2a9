package dev.swarm.crdt;

import org.jspecify.annotations.Nullable;

/**
 * A node of a weight-balanced binary search tree: one element, with the number and sum of those below it.
 *
 * <p>Balance follows from subtree sizes alone, so no choice of keys degrades it; priorities derived from key hashes, as
 * in a treap, could be ground by whoever chooses the keys. The parameters are those proved by Hirai and Yamamoto,
 * "Balancing weight-balanced trees", JFP 2011. Fields are flat to hold an element in 88 bytes.
 */
final class IndexNode {

    private static final int DELTA = 3;
    private static final int GAMMA = 2;

    final long keyHigh;
    final long keyLow;

    @Nullable
    IndexNode left;

    @Nullable
    IndexNode right;

    int count = 1;
    long sumHigh;
    long sumLow;

    private final long clock;
    private final long content;
    private final long ownHigh;
    private final long ownLow;

    IndexNode(VersionedKey element, Fingerprint fingerprint) {
        keyHigh = element.key().high();
        keyLow = element.key().low();
        clock = element.clock().packed();
        content = element.content();
        ownHigh = fingerprint.high();
        ownLow = fingerprint.low();
        sumHigh = ownHigh;
        sumLow = ownLow;
    }

    VersionedKey element() {
        return new VersionedKey(key(), new HybridTimestamp(clock), content);
    }

    KeyHash key() {
        return new KeyHash(keyHigh, keyLow);
    }

    boolean holds(VersionedKey element) {
        return clock == element.clock().packed() && content == element.content();
    }

    /** Compares a bound or key with this node's key. */
    int compareFrom(KeyHash hash) {
        return KeyHash.compare(hash.high(), hash.low(), keyHigh, keyLow);
    }

    static int count(@Nullable IndexNode node) {
        return node == null ? 0 : node.count;
    }

    /** Puts a node without children into a tree, in place of one with the same key; returns the new root. */
    static IndexNode put(@Nullable IndexNode root, IndexNode added) {
        if (root == null) {
            return added;
        }
        int side = KeyHash.compare(added.keyHigh, added.keyLow, root.keyHigh, root.keyLow);
        if (side == 0) {
            return added.link(root.left, root.right);
        }
        return side < 0
                ? root.link(put(root.left, added), root.right).balance()
                : root.link(root.left, put(root.right, added)).balance();
    }

    /** Takes out the node with a key, which must be there; returns the new root. */
    static @Nullable IndexNode remove(@Nullable IndexNode root, KeyHash key) {
        if (root == null) {
            throw new IllegalStateException("index: no element " + key + " to remove");
        }
        int side = root.compareFrom(key);
        if (side < 0) {
            return root.link(remove(root.left, key), root.right).balance();
        }
        if (side > 0) {
            return root.link(root.left, remove(root.right, key)).balance();
        }
        return join(root.left, root.right);
    }

    /** Joins two neighbouring subtrees that were in balance with each other. */
    private static @Nullable IndexNode join(@Nullable IndexNode left, @Nullable IndexNode right) {
        if (left == null) {
            return right;
        }
        if (right == null) {
            return left;
        }
        IndexNode middle = right;
        while (middle.left != null) {
            middle = middle.left;
        }
        IndexNode rest = withoutFirst(right);
        return middle.link(left, rest).balance();
    }

    private static @Nullable IndexNode withoutFirst(IndexNode root) {
        if (root.left == null) {
            return root.right;
        }
        return root.link(withoutFirst(root.left), root.right).balance();
    }

    private IndexNode link(@Nullable IndexNode newLeft, @Nullable IndexNode newRight) {
        left = newLeft;
        right = newRight;
        count = 1;
        sumHigh = ownHigh;
        sumLow = ownLow;
        include(newLeft);
        include(newRight);
        return this;
    }

    private void include(@Nullable IndexNode child) {
        if (child != null) {
            count += child.count;
            sumHigh += child.sumHigh;
            sumLow += child.sumLow;
        }
    }

    private IndexNode balance() {
        if (right != null && outweighs(right, left)) {
            return rotateLeft(this, right);
        }
        if (left != null && outweighs(left, right)) {
            return rotateRight(this, left);
        }
        return this;
    }

    private static IndexNode rotateLeft(IndexNode root, IndexNode pivot) {
        IndexNode inner = pivot.left;
        if (inner == null || weight(inner) < GAMMA * weight(pivot.right)) {
            return pivot.link(root.link(root.left, inner), pivot.right);
        }
        IndexNode outer = pivot.link(inner.right, pivot.right);
        return inner.link(root.link(root.left, inner.left), outer);
    }

    private static IndexNode rotateRight(IndexNode root, IndexNode pivot) {
        IndexNode inner = pivot.right;
        if (inner == null || weight(inner) < GAMMA * weight(pivot.left)) {
            return pivot.link(pivot.left, root.link(inner, root.right));
        }
        IndexNode outer = pivot.link(pivot.left, inner.left);
        return inner.link(outer, root.link(inner.right, root.right));
    }

    private static boolean outweighs(IndexNode heavy, @Nullable IndexNode light) {
        return weight(heavy) > DELTA * weight(light);
    }

    private static long weight(@Nullable IndexNode node) {
        return count(node) + 1L;
    }
}
