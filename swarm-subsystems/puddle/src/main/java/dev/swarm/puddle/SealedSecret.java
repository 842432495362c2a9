package dev.swarm.puddle;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * What a plugin keeps under the user's key on one machine: a version byte, a nonce, the ciphertext. The encryption key comes from
 * the user's private key and the machine's own secret, so that it takes both. Stateless.
 */
final class SealedSecret {

    /** Longest secret, in bytes. */
    static final int MAX_BYTES = 64 * 1024;

    private static final byte VERSION = 1;
    private static final String INFO = "swarm-puddle-seal/1 ";
    private static final int MAX_PURPOSE = 64;

    private SealedSecret() {}

    static byte[] seal(Keys keys, String purpose, byte[] secret, RandomGenerator random) {
        if (secret.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "secret for " + checked(purpose) + " is " + secret.length + " bytes, limit " + MAX_BYTES);
        }
        byte[] nonce = new byte[XChaCha.NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] key = keys.derive(purpose);
        try {
            byte[] cipher = XChaCha.seal(key, nonce, associated(purpose), secret);
            byte[] sealed = new byte[1 + nonce.length + cipher.length];
            sealed[0] = VERSION;
            System.arraycopy(nonce, 0, sealed, 1, nonce.length);
            System.arraycopy(cipher, 0, sealed, 1 + nonce.length, cipher.length);
            return sealed;
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    static byte[] open(Keys keys, String purpose, byte[] sealed) {
        byte[] key = keys.derive(purpose);
        try {
            int body = 1 + XChaCha.NONCE_BYTES;
            byte[] secret = sealed.length <= body || sealed[0] != VERSION
                    ? null
                    : XChaCha.open(
                            key,
                            Arrays.copyOfRange(sealed, 1, body),
                            associated(purpose),
                            Arrays.copyOfRange(sealed, body, sealed.length));
            if (secret == null) {
                throw new SwarmException(
                        Reason.CORRUPT,
                        "what was sealed for " + purpose
                                + " does not open: it was altered, or sealed by another user or on"
                                + " another machine");
            }
            return secret;
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** What the keys are made of: the user's private key and the machine's own secret. Not safe for many threads. */
    static final class Keys {

        private final byte[] secret;
        private final byte[] device;

        /** Takes both over. */
        Keys(byte[] secret, byte[] device) {
            this.secret = secret;
            this.device = device;
        }

        byte[] sign(byte[] message) {
            return UserKey.sign(secret, message);
        }

        private byte[] derive(String purpose) {
            return Hkdf.key(secret, device, INFO + checked(purpose));
        }

        void wipe() {
            Arrays.fill(secret, (byte) 0);
            Arrays.fill(device, (byte) 0);
        }
    }

    private static byte[] associated(String purpose) {
        return (INFO + purpose).getBytes(StandardCharsets.UTF_8);
    }

    private static String checked(String purpose) {
        if (purpose.isEmpty() || purpose.length() > MAX_PURPOSE) {
            throw new IllegalArgumentException(
                    "purpose has " + purpose.length() + " characters, has to have 1 to " + MAX_PURPOSE);
        }
        return purpose;
    }
}
