package dev.swarm.puddle;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.user.UserId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The key files of one user on one machine, in {@code <home>/.puddle}. Used by one thread at a time.
 *
 * <p>{@code identity.wrapped} is written last: without it there is no identity.
 */
final class IdentityFiles {

    static final String DIRECTORY = ".puddle";
    static final String WRAPPED = "identity.wrapped";
    static final String SALT = "identity.salt";
    static final String PUBLIC = "identity.pub";
    static final String RECOVERY = "identity.recovery";
    static final String DEVICE = "device.secret";

    /** Length of the machine's own secret, in bytes. */
    static final int DEVICE_BYTES = 32;

    private final OwnedDirectory directory;
    private final RandomGenerator random;

    IdentityFiles(Path home, RandomGenerator random) {
        this.directory = new OwnedDirectory(home, DIRECTORY);
        this.random = random;
    }

    Path path() {
        return directory.path();
    }

    void createDirectory() throws IOException {
        directory.create();
    }

    /** Whether there is an identity, whole or not. */
    boolean exists() {
        return directory.has(WRAPPED);
    }

    /**
     * Writes a new identity. {@code identity.pub} is there before any other and is removed after them, so that what a crash leaves
     * of an identity says whose it was, and taking over the same again goes on from there.
     *
     * @param recovery what {@code identity.recovery} is to hold, or null for none
     * @throws SwarmException with reason FORBIDDEN if any of its files is there; then nothing is changed
     */
    void create(WrappedKey key, byte @Nullable [] recovery) throws IOException {
        boolean begun = !directory.has(WRAPPED) && isPublished(key.user());
        for (String name : List.of(WRAPPED, SALT, PUBLIC, RECOVERY)) {
            if (!begun && directory.has(name)) {
                throw new SwarmException(
                        Reason.FORBIDDEN,
                        path().resolve(name) + " exists: an identity is not overwritten, for with it goes the key;"
                                + " unlock it, or move the directory away");
            }
        }
        byte[] secret = new byte[DEVICE_BYTES];
        random.nextBytes(secret);
        directory.create();
        directory.write(PUBLIC, publicText(key.user()), OwnedDirectory.READABLE);
        directory.write(DEVICE, secret, OwnedDirectory.OWNER_ONLY);
        if (recovery != null) {
            directory.write(RECOVERY, recovery, OwnedDirectory.OWNER_ONLY);
        }
        replace(key);
    }

    /** Writes the key under another passphrase; what {@code identity.pub} and {@code device.secret} say stays. */
    void replace(WrappedKey key) throws IOException {
        directory.write(SALT, key.salt(), OwnedDirectory.OWNER_ONLY);
        directory.write(WRAPPED, key.toBytes(), OwnedDirectory.OWNER_ONLY);
    }

    /**
     * Reads the wrapped key.
     *
     * @throws SwarmException with reason NOT_FOUND if there is no identity, CORRUPT if its files are not of one piece
     */
    WrappedKey wrapped() throws IOException {
        byte[] content = directory.read(WRAPPED, OwnedDirectory.MAX_KEY_FILE_BYTES);
        if (content == null) {
            throw new SwarmException(
                    Reason.NOT_FOUND,
                    "there is no identity in " + path() + "; make one with 'init', or take yours over with 'join'");
        }
        WrappedKey key = WrappedKey.parse(path().resolve(WRAPPED).toString(), content);
        byte[] salt = directory.read(SALT, OwnedDirectory.MAX_KEY_FILE_BYTES);
        if (salt == null || !MessageDigest.isEqual(salt, key.salt())) {
            throw notOfOnePiece(SALT);
        }
        if (!isPublished(key.user())) {
            throw notOfOnePiece(PUBLIC);
        }
        return key;
    }

    private boolean isPublished(UserId user) throws IOException {
        byte[] published = directory.read(PUBLIC, OwnedDirectory.MAX_KEY_FILE_BYTES);
        return published != null && MessageDigest.isEqual(published, publicText(user));
    }

    private SwarmException notOfOnePiece(String name) {
        return new SwarmException(
                Reason.CORRUPT,
                path().resolve(name) + " does not belong to " + WRAPPED
                        + " beside it; restore both from one backup, or pair this machine again");
    }

    /** What a recovery key opens, or null if none was made. */
    byte @Nullable [] recovery() throws IOException {
        return directory.read(RECOVERY, OwnedDirectory.MAX_KEY_FILE_BYTES);
    }

    /** The secret that is this machine's alone; the caller wipes it. */
    byte[] deviceSecret() throws IOException {
        byte[] secret = directory.read(DEVICE, OwnedDirectory.MAX_KEY_FILE_BYTES);
        if (secret == null || secret.length != DEVICE_BYTES) {
            throw new SwarmException(
                    Reason.CORRUPT,
                    path().resolve(DEVICE) + " has " + (secret == null ? "gone" : secret.length + " bytes, not 32")
                            + ": what was sealed on this machine cannot be opened; restore it from a backup");
        }
        return secret;
    }

    /** Removes the identity from this machine. */
    void remove() throws IOException {
        directory.remove(List.of(WRAPPED, SALT, RECOVERY, DEVICE, PUBLIC));
    }

    private static byte[] publicText(UserId user) {
        return ("swarm-puddle-user/1 " + user.hex() + "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
