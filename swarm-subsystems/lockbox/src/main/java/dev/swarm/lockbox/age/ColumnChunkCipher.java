package dev.swarm.lockbox.age;

import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;

/**
 * ChaCha20-Poly1305 (RFC 8439 section 2.8) in plain Java that the JVM's second compiler turns into vector instructions: three times as
 * fast as the JVM's own up to Java 19. Confined to one thread at a time.
 */
final class ColumnChunkCipher implements ChunkCipher {

    /** Below it, the 256 blocks of key stream that are computed at a time cost more than the other cipher. */
    private static final int LEAST_BYTES = 4 * 1024;

    private static final int POLY_KEY_BYTES = 32;

    private final ChunkCipher small;
    private final ColumnChaCha stream;
    private final LimbPoly1305 poly = new LimbPoly1305();
    private final byte[] polyKey = new byte[POLY_KEY_BYTES];
    private final byte[] tag = new byte[Primitives.TAG_BYTES];
    private final byte[] block = new byte[LimbPoly1305.BLOCK_BYTES];

    /** With another cipher of the same key for what is small. */
    ColumnChunkCipher(byte[] key, ChunkCipher small) {
        this.stream = new ColumnChaCha(key);
        this.small = small;
    }

    @Override
    public int seal(byte[] nonce, byte[] in, int from, int size, byte[] out, int to) {
        if (size < LEAST_BYTES) {
            return small.seal(nonce, in, from, size, out, to);
        }
        start(nonce);
        addStream(in, from, size, out, to);
        authenticate(out, to, size);
        System.arraycopy(tag, 0, out, to + size, tag.length);
        return size + tag.length;
    }

    @Override
    public int open(byte[] nonce, byte[] in, int from, int size, byte[] out, int to) throws AEADBadTagException {
        if (size < LEAST_BYTES) {
            return small.open(nonce, in, from, size, out, to);
        }
        int plain = size - tag.length;
        start(nonce);
        authenticate(in, from, plain);
        byte[] claimed = Arrays.copyOfRange(in, from + plain, from + size);
        if (!MessageDigest.isEqual(tag, claimed)) {
            throw new AEADBadTagException("tag of " + plain + " bytes does not match");
        }
        addStream(in, from, plain, out, to);
        return plain;
    }

    @Override
    public void wipe() {
        stream.wipe();
        poly.wipe();
        Arrays.fill(polyKey, (byte) 0);
        small.wipe();
    }

    /** Makes the key of the tag, which is the beginning of block 0. */
    private void start(byte[] nonce) {
        stream.setNonce(nonce);
        stream.first(polyKey);
        poly.start(polyKey);
    }

    private void addStream(byte[] in, int from, int size, byte[] out, int to) {
        int counter = 1;
        for (int at = 0; at < size; at += ColumnChaCha.GROUP_BYTES) {
            stream.compute(counter);
            stream.apply(in, from + at, Math.min(ColumnChaCha.GROUP_BYTES, size - at), out, to + at);
            counter += ColumnChaCha.BLOCKS;
        }
    }

    private void authenticate(byte[] sealed, int from, int size) {
        int whole = size / LimbPoly1305.BLOCK_BYTES;
        int rest = size % LimbPoly1305.BLOCK_BYTES;
        poly.update(sealed, from, whole);
        if (rest > 0) {
            Arrays.fill(block, (byte) 0);
            System.arraycopy(sealed, from + size - rest, block, 0, rest);
            poly.update(block, 0, 1);
        }
        poly.update(0, size);
        poly.finish(tag, 0);
    }
}
