package dev.swarm.manifest;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash that names things here. */
final class Sha256 {

    static final int BYTES = 32;

    private Sha256() {}

    /** The hash of the parts, one after the other. */
    static byte[] of(byte[]... parts) {
        return of(digest(), parts);
    }

    /** The same with a computation that is at its start, and is again after it. */
    static byte[] of(MessageDigest digest, byte[]... parts) {
        for (byte[] part : parts) {
            digest.update(part);
        }
        return digest.digest();
    }

    /** A fresh computation, for one thread. */
    static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
