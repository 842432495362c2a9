package dev.swarm.puddle;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.user.UserId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A private key under a key that was printed: the content of {@code identity.recovery}, a magic line, a nonce, the ciphertext.
 * A printed key has 130 bits, so no slow hash stands before it. Stateless.
 */
final class RecoveryKey {

    private static final byte[] MAGIC = "swarm-puddle-recovery/1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int BODY = MAGIC.length + XChaCha.NONCE_BYTES;

    private RecoveryKey() {}

    static byte[] wrap(byte[] secret, byte[] printed, RandomGenerator random) {
        byte[] nonce = new byte[XChaCha.NONCE_BYTES];
        random.nextBytes(nonce);
        byte[] key = key(printed);
        try {
            byte[] sealed = XChaCha.seal(key, nonce, MAGIC, secret);
            byte[] content = Arrays.copyOf(MAGIC, BODY + sealed.length);
            System.arraycopy(nonce, 0, content, MAGIC.length, nonce.length);
            System.arraycopy(sealed, 0, content, BODY, sealed.length);
            return content;
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /**
     * The private key of {@code user}; the caller wipes it.
     *
     * @throws SwarmException with reason FORBIDDEN if the printed key is another or the file was altered
     */
    static byte[] unwrap(byte[] content, byte[] printed, UserId user) {
        byte[] key = key(printed);
        try {
            byte[] secret = content.length < BODY || !Arrays.equals(MAGIC, Arrays.copyOf(content, MAGIC.length))
                    ? null
                    : XChaCha.open(
                            key,
                            Arrays.copyOfRange(content, MAGIC.length, BODY),
                            MAGIC,
                            Arrays.copyOfRange(content, BODY, content.length));
            if (secret == null
                    || secret.length != UserKey.SECRET_BYTES
                    || !UserKey.idOf(secret).equals(user)) {
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        "the recovery key does not open " + IdentityFiles.RECOVERY
                                + ": it is another one, or the file was altered; nothing was changed");
            }
            return secret;
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] key(byte[] printed) {
        return Hkdf.key(printed, MAGIC, "swarm-puddle-recovery/1");
    }
}
