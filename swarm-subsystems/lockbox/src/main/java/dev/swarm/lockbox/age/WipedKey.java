package dev.swarm.lockbox.age;

import java.util.Arrays;

/** A key in memory, which is wiped when it is closed. Confined to one thread. */
final class WipedKey implements AutoCloseable {

    private final byte[] bytes;

    /** Takes a key over. */
    WipedKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The key itself, not a copy. */
    byte[] bytes() {
        return bytes;
    }

    /** The key of a payload, made of the file's key, which this is. */
    WipedKey ofPayload(byte[] nonce) {
        return new WipedKey(Primitives.hkdf(bytes, nonce, "payload"));
    }

    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }
}
