package dev.swarm.blob;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/** Hashes leaves and nodes as RFC 6962 section 2.1 does, one after the other. Confined to one thread at a time. */
final class LeafHasher {

    private static final byte LEAF = 0;
    private static final byte NODE = 1;

    private final MessageDigest digest = Sha256.newDigest();
    private final byte[] scratch = new byte[Sha256.BYTES];

    /** Writes the hash of a leaf to {@code target}; the position of {@code data} moves to its limit. */
    void leaf(ByteBuffer data, byte[] target, int at) {
        digest.update(LEAF);
        digest.update(data);
        finish(target, at);
    }

    /** Writes the hash of a node to {@code target}, whose own bytes may be its children. */
    void node(byte[] children, int left, int right, byte[] target, int at) {
        digest.update(NODE);
        digest.update(children, left, Sha256.BYTES);
        digest.update(children, right, Sha256.BYTES);
        finish(target, at);
    }

    /** Whether {@code data} is the leaf whose hash lies in {@code hashes}; its position stays. */
    boolean matches(ByteBuffer data, byte[] hashes, int at) {
        int position = data.position();
        leaf(data, scratch, 0);
        data.position(position);
        return Arrays.equals(scratch, 0, Sha256.BYTES, hashes, at, at + Sha256.BYTES);
    }

    private void finish(byte[] target, int at) {
        try {
            digest.digest(target, at, Sha256.BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("a SHA-256 fits into " + Sha256.BYTES + " bytes", e);
        }
    }
}
