package dev.swarm.puddle;

import dev.swarm.peer.PeerId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.bouncycastle.math.ec.rfc7748.X25519;

/**
 * What two machines derive from a pairing code: a proof that the one that joins knows it, and the key under which the identity
 * travels. Both depend on the code, on a key agreement of this one exchange (X25519, RFC 7748), on both host names as their
 * certificates tell them, and on the fleet. Without the code they cannot be told from random bytes; with the code, but found out
 * later, neither can they, for the agreement's keys are gone.
 */
final class PairingKeys {

    static final int PUBLIC_BYTES = X25519.POINT_SIZE;
    static final int PROOF_BYTES = XChaCha.KEY_BYTES;

    private static final String DOMAIN = "swarm-puddle-pair/1";

    private final byte[] proof;
    private final byte[] wrapping;

    private PairingKeys(byte[] proof, byte[] wrapping) {
        this.proof = proof;
        this.wrapping = wrapping;
    }

    /**
     * The two ends, as their certificates name them.
     *
     * @param fleet the fleet's id
     * @param offering who gives the code
     * @param joining who proves it
     */
    record Ends(String fleet, PeerId offering, PeerId joining) {}

    /** One side's half of a key agreement. */
    static final class Half {

        private final byte[] secret = new byte[X25519.SCALAR_SIZE];
        private final byte[] open = new byte[PUBLIC_BYTES];

        Half(RandomGenerator random) {
            random.nextBytes(secret);
            X25519.scalarMultBase(secret, 0, open, 0);
        }

        /** What the other side is sent. */
        byte[] open() {
            return open.clone();
        }

        void wipe() {
            Arrays.fill(secret, (byte) 0);
        }

        /** The keys for a code, computed where the code was offered. */
        PairingKeys offering(byte[] code, Ends ends, byte[] joining) {
            return derive(code, ends, joining, open, joining);
        }

        /** The keys for a code, computed where it is typed. */
        PairingKeys joining(byte[] code, Ends ends, byte[] offering) {
            return derive(code, ends, open, offering, offering);
        }

        private PairingKeys derive(byte[] code, Ends ends, byte[] joining, byte[] offering, byte[] theirs) {
            byte[] secretInput = Arrays.copyOf(code, code.length + PUBLIC_BYTES);
            byte[] agreed = new byte[PUBLIC_BYTES];
            // A point of small order agrees on zeros; then the code alone protects, as it would without the agreement.
            boolean unused = X25519.calculateAgreement(secret, 0, theirs, 0, agreed, 0);
            System.arraycopy(agreed, 0, secretInput, code.length, PUBLIC_BYTES);
            byte[] salt = transcript(ends, joining, offering);
            try {
                return new PairingKeys(
                        Hkdf.key(secretInput, salt, DOMAIN + " proof"), Hkdf.key(secretInput, salt, DOMAIN + " wrap"));
            } finally {
                Arrays.fill(secretInput, (byte) 0);
                Arrays.fill(agreed, (byte) 0);
            }
        }
    }

    private static byte[] transcript(Ends ends, byte[] joining, byte[] offering) {
        MessageDigest sha = UserClaims.sha256();
        sha.update((DOMAIN + "\0" + ends.fleet() + "\0" + ends.offering() + "\0" + ends.joining() + "\0")
                .getBytes(StandardCharsets.US_ASCII));
        sha.update(joining);
        sha.update(offering);
        return sha.digest();
    }

    byte[] proof() {
        return proof.clone();
    }

    /** Whether a proof is that of this code; takes as long if it is not. */
    boolean isProvenBy(byte[] shown) {
        return MessageDigest.isEqual(proof, shown);
    }

    /** Encrypts what is handed over. One key encrypts once, so the nonce says nothing. */
    byte[] seal(byte[] content) {
        return XChaCha.seal(wrapping, new byte[XChaCha.NONCE_BYTES], proof, content);
    }

    /** Decrypts what is handed over; null if it was encrypted under another code. */
    byte @org.jspecify.annotations.Nullable [] open(byte[] sealed) {
        return XChaCha.open(wrapping, new byte[XChaCha.NONCE_BYTES], proof, sealed);
    }

    void wipe() {
        Arrays.fill(proof, (byte) 0);
        Arrays.fill(wrapping, (byte) 0);
    }
}
