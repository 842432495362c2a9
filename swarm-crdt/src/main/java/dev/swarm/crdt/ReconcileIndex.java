package dev.swarm.crdt;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The versions a map holds, arranged so that the fingerprint, size and split points of any range of keys take
 * logarithmic time, as do changes.
 *
 * <p>The caller mirrors its map here: {@link #put} for every value merged, {@link #remove} for every key pruned. An
 * element's fingerprint is the first 16 bytes of the SHA-256 of its 32-byte encoding (key, clock, content, big
 * endian). Confined to one thread at a time.
 */
public final class ReconcileIndex {

    private final MessageDigest sha256;
    private @Nullable IndexNode root;

    /** Creates an empty index. */
    public ReconcileIndex() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Puts an element, in place of any other version of the same key.
     *
     * @return true if the index changed
     * @throws IllegalArgumentException if the key is {@link KeyHash#MAX}
     */
    public boolean put(VersionedKey element) {
        if (element.key().equals(KeyHash.MAX)) {
            throw new IllegalArgumentException("index: " + element.key() + " is a bound and no key");
        }
        IndexNode present = find(element.key());
        if (present != null && present.holds(element)) {
            return false;
        }
        root = IndexNode.put(root, new IndexNode(element, fingerprint(element)));
        return true;
    }

    /** Removes the element with a key; returns true if there was one. */
    public boolean remove(KeyHash key) {
        if (find(key) == null) {
            return false;
        }
        root = IndexNode.remove(root, key);
        return true;
    }

    /** Returns the element with a key, or null. */
    public @Nullable VersionedKey get(KeyHash key) {
        IndexNode node = find(key);
        return node == null ? null : node.element();
    }

    /** Returns the number of elements. */
    public int size() {
        return IndexNode.count(root);
    }

    /** Returns the fingerprint of all elements: two maps are equal if these are. */
    public Fingerprint fingerprint() {
        return root == null ? Fingerprint.ZERO : new Fingerprint(root.sumHigh, root.sumLow);
    }

    /** Returns the fingerprint and number of the elements in a range. */
    public RangeClaim.Summary summarize(KeyRange range) {
        Prefix from = prefix(range.from());
        Prefix until = prefix(range.until());
        return new RangeClaim.Summary(range, until.sum.minus(from.sum), until.count - from.count);
    }

    /** Returns the number of elements before a bound. */
    public int rank(KeyHash bound) {
        return prefix(bound).count;
    }

    /**
     * Returns the element that has {@code rank} elements before it.
     *
     * @throws IndexOutOfBoundsException if {@code rank} is negative or not less than {@link #size}
     */
    public VersionedKey select(int rank) {
        int left = Objects.checkIndex(rank, size());
        IndexNode node = root;
        while (node != null) {
            int before = IndexNode.count(node.left);
            if (left == before) {
                return node.element();
            }
            if (left < before) {
                node = node.left;
            } else {
                left -= before + 1;
                node = node.right;
            }
        }
        throw new AssertionError("rank " + rank + " of " + size());
    }

    /** Returns the first elements of a range in ascending order, at most {@code limit} of them. */
    public List<VersionedKey> list(KeyRange range, int limit) {
        List<VersionedKey> found = new ArrayList<>();
        collect(root, range, limit, found);
        return found;
    }

    private static void collect(@Nullable IndexNode node, KeyRange range, int limit, List<VersionedKey> found) {
        if (node == null || found.size() >= limit) {
            return;
        }
        boolean startsBefore = node.compareFrom(range.from()) <= 0;
        boolean endsAfter = node.compareFrom(range.until()) > 0;
        if (startsBefore) {
            collect(node.left, range, limit, found);
        }
        if (startsBefore && endsAfter && found.size() < limit) {
            found.add(node.element());
        }
        if (endsAfter) {
            collect(node.right, range, limit, found);
        }
    }

    private @Nullable IndexNode find(KeyHash key) {
        IndexNode node = root;
        while (node != null) {
            int side = node.compareFrom(key);
            if (side == 0) {
                return node;
            }
            node = side < 0 ? node.left : node.right;
        }
        return null;
    }

    private Prefix prefix(KeyHash bound) {
        int count = 0;
        long sumHigh = 0;
        long sumLow = 0;
        IndexNode node = root;
        while (node != null) {
            if (node.compareFrom(bound) <= 0) {
                node = node.left;
                continue;
            }
            IndexNode skipped = node.right;
            count += node.count - IndexNode.count(skipped);
            sumHigh += node.sumHigh - (skipped == null ? 0 : skipped.sumHigh);
            sumLow += node.sumLow - (skipped == null ? 0 : skipped.sumLow);
            node = skipped;
        }
        return new Prefix(count, new Fingerprint(sumHigh, sumLow));
    }

    private Fingerprint fingerprint(VersionedKey element) {
        ByteBuffer encoded = ByteBuffer.allocate(VersionedKey.BYTES)
                .putLong(element.key().high())
                .putLong(element.key().low())
                .putLong(element.clock().packed())
                .putLong(element.content());
        return Fingerprint.of(sha256.digest(encoded.array()));
    }

    /** Number and sum of the elements before a bound. */
    private record Prefix(int count, Fingerprint sum) {}
}
