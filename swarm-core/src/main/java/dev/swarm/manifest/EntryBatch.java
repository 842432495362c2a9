package dev.swarm.manifest;

import dev.swarm.crdt.CanonicalWriter;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The hash tree of RFC 6962 section 2.1 over entries that one signature covers. Immutable.
 *
 * <p>A leaf is what an author would sign of an entry by itself, which begins with its own domain, so that no leaf is a node or
 * anything else that is hashed.
 */
final class EntryBatch {

    static final String DOMAIN = "swarm/manifest-batch/1";

    /** Most entries of a batch that are accepted: paths of ten hashes. */
    static final int MAX_ENTRIES = 1024;

    /**
     * Most entries that an author here puts into a batch. Its signature, made and verified once, costs each entry some
     * microseconds, as little as the hashing; four times as many would make each entry 64 bytes longer.
     */
    static final int PREFERRED_ENTRIES = 256;

    private static final byte[] LEAF = {0};
    private static final byte[] NODE = {1};

    /** The hashes of the leaves, then of each row above; the last node of an odd row stands in the next as it is. */
    private final List<byte[][]> rows = new ArrayList<>();

    /** The tree over entries, each as {@link SignedEntry#signedBytes} has it; 2 to {@link #MAX_ENTRIES}. */
    EntryBatch(List<byte[]> entries) {
        MessageDigest digest = Sha256.digest();
        byte[][] row = entries.stream().map(entry -> leaf(entry, digest)).toArray(byte[][]::new);
        rows.add(row);
        while (row.length > 1) {
            byte[][] next = new byte[(row.length + 1) / 2][];
            for (int i = 0; i < next.length; i++) {
                next[i] = 2 * i + 1 < row.length ? node(row[2 * i], row[2 * i + 1], digest) : row[2 * i];
            }
            rows.add(next);
            row = next;
        }
    }

    /**
     * Signs entries of one author with one signature; a single entry by itself.
     *
     * @param key makes a signature of bytes
     */
    static List<SignedEntry> sign(
            List<ManifestEntry> entries, AuthorCertificate certificate, FleetId fleet, UnaryOperator<byte[]> key) {
        List<byte[]> messages = new ArrayList<>(entries.size());
        entries.forEach(entry -> messages.add(SignedEntry.signedBytes(entry, certificate, fleet)));
        if (entries.size() == 1) {
            return List.of(new SignedEntry(entries.get(0), certificate, key.apply(messages.get(0))));
        }
        EntryBatch batch = new EntryBatch(messages);
        byte[] signature = key.apply(signedBytes(entries.size(), batch.root(), certificate, fleet));
        List<SignedEntry> signed = new ArrayList<>(entries.size());
        for (int i = 0; i < entries.size(); i++) {
            signed.add(new SignedEntry(entries.get(i), certificate, new EntryProof(batch.path(i), signature)));
        }
        return signed;
    }

    byte[] root() {
        return rows.get(rows.size() - 1)[0];
    }

    /** What leads from an entry to the root. */
    BatchPath path(int index) {
        List<byte[]> siblings = new ArrayList<>();
        int at = index;
        for (byte[][] row : rows) {
            int sibling = at ^ 1;
            if (sibling < row.length) {
                siblings.add(row[sibling]);
            }
            at >>= 1;
        }
        return new BatchPath(index, rows.get(0).length, siblings);
    }

    /** The bytes that an author signs for a batch; the certificate's hash is there for the reason that an entry has it. */
    static byte[] signedBytes(int size, byte[] root, AuthorCertificate certificate, FleetId fleet) {
        return new CanonicalWriter(256)
                .putString(DOMAIN, DOMAIN.length())
                .putFixed(fleet.toBytes())
                .putInt(size)
                .putFixed(root)
                .putFixed(certificate.sha256())
                .toByteArray();
    }

    static byte[] leaf(byte[] entry, MessageDigest digest) {
        return Sha256.of(digest, LEAF, entry);
    }

    static byte[] node(byte[] left, byte[] right, MessageDigest digest) {
        return Sha256.of(digest, NODE, left, right);
    }
}
