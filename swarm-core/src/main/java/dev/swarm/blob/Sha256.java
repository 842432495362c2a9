package dev.swarm.blob;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Makes SHA-256 digests. Safe for many threads; the digests are not. */
final class Sha256 {

    static final int BYTES = 32;

    /** Never fed: cloning it takes a tenth of the time of a provider lookup, which counts at one digest per leaf. */
    private static final MessageDigest PROTOTYPE = lookUp();

    private Sha256() {}

    static MessageDigest newDigest() {
        try {
            return (MessageDigest) PROTOTYPE.clone();
        } catch (CloneNotSupportedException e) {
            return lookUp();
        }
    }

    private static MessageDigest lookUp() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
