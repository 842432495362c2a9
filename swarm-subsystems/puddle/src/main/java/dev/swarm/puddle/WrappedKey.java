package dev.swarm.puddle;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.user.UserId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A private key under a passphrase: the content of {@code identity.wrapped}. Immutable.
 *
 * <p>Magic, Argon2id version and cost, salt and public key stand in front, are readable to all and are authenticated with the
 * ciphertext.
 */
final class WrappedKey {

    static final int SALT_BYTES = 16;

    private static final byte[] MAGIC = "swarm-puddle-key/1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int ARGON2_VERSION = 0x13;
    private static final int HEADER_BYTES = MAGIC.length + 1 + 3 * Integer.BYTES + SALT_BYTES + UserId.BYTES;
    private static final int SEALED_BYTES = UserKey.SECRET_BYTES + XChaCha.TAG_BYTES;

    /** Every file has this length. */
    static final int BYTES = HEADER_BYTES + XChaCha.NONCE_BYTES + SEALED_BYTES;

    private final Argon2Cost cost;
    private final byte[] salt;
    private final UserId user;
    private final byte[] nonce;
    private final byte[] sealed;

    private WrappedKey(Argon2Cost cost, byte[] salt, UserId user, byte[] nonce, byte[] sealed) {
        this.cost = cost;
        this.salt = salt;
        this.user = user;
        this.nonce = nonce;
        this.sealed = sealed;
    }

    /** Wraps a private key under a fresh salt and nonce; secret and passphrase stay the caller's. */
    static WrappedKey wrap(byte[] secret, char[] passphrase, Argon2Cost cost, RandomGenerator random) {
        byte[] salt = new byte[SALT_BYTES];
        byte[] nonce = new byte[XChaCha.NONCE_BYTES];
        random.nextBytes(salt);
        random.nextBytes(nonce);
        UserId user = UserKey.idOf(secret);
        byte[] key = cost.derive(passphrase, salt);
        try {
            return new WrappedKey(cost, salt, user, nonce, XChaCha.seal(key, nonce, header(cost, salt, user), secret));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /**
     * Reads a file's content; nothing of it is verified before {@link #unwrap}.
     *
     * @param name the file's, for messages
     * @throws SwarmException with reason CORRUPT if it is of another form, or asks for a cost that is not allowed
     */
    static WrappedKey parse(String name, byte[] content) {
        CanonicalReader reader = new CanonicalReader(content);
        try {
            if (!Arrays.equals(reader.readFixed(MAGIC.length), MAGIC) || reader.readByte() != ARGON2_VERSION) {
                throw corrupt(name + " is no key file of a version that is known here", null);
            }
            Argon2Cost cost = new Argon2Cost(reader.readInt(), reader.readInt(), reader.readInt());
            byte[] salt = reader.readFixed(SALT_BYTES);
            UserId user = UserId.of(reader.readFixed(UserId.BYTES));
            byte[] nonce = reader.readFixed(XChaCha.NONCE_BYTES);
            byte[] sealed = reader.readFixed(SEALED_BYTES);
            reader.expectEnd();
            return new WrappedKey(cost, salt, user, nonce, sealed);
        } catch (CanonicalFormatException e) {
            throw corrupt(name + " has " + content.length + " bytes, a key file has " + BYTES, e);
        }
    }

    byte[] toBytes() {
        return new CanonicalWriter(BYTES)
                .putFixed(header(cost, salt, user))
                .putFixed(nonce)
                .putFixed(sealed)
                .toByteArray();
    }

    byte[] salt() {
        return salt.clone();
    }

    /** Whose key it says to be; {@link #unwrap} proves it. */
    UserId user() {
        return user;
    }

    /**
     * The private key, which the caller wipes.
     *
     * @throws SwarmException with reason FORBIDDEN if the passphrase is another, or the file was altered: the two cannot be told
     *     apart
     */
    byte[] unwrap(char[] passphrase) {
        byte[] key = cost.derive(passphrase, salt);
        try {
            byte[] secret = XChaCha.open(key, nonce, header(cost, salt, user), sealed);
            if (secret == null || !UserKey.idOf(secret).equals(user)) {
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        "the passphrase does not open the key of " + user.hex().substring(0, 16)
                                + ": it is another one, or the key file was altered; nothing was changed");
            }
            return secret;
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] header(Argon2Cost cost, byte[] salt, UserId user) {
        return new CanonicalWriter(HEADER_BYTES)
                .putFixed(MAGIC)
                .putByte(ARGON2_VERSION)
                .putInt(cost.memoryKib())
                .putInt(cost.passes())
                .putInt(cost.lanes())
                .putFixed(salt)
                .putFixed(user.publicKey())
                .toByteArray();
    }

    private static SwarmException corrupt(String what, @Nullable Exception cause) {
        return new SwarmException(
                Reason.CORRUPT, what + "; restore it from a backup or pair this machine again", cause);
    }

    @Override
    public String toString() {
        return "wrapped key of " + user;
    }
}
