package dev.swarm.lockbox.age;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** An X25519 private key, in memory until it is closed. Safe for many threads; not to be closed while it is in use. */
public final class AgeIdentity implements AutoCloseable {

    private static final String PREFIX = "age-secret-key-";

    private final byte[] privateKey;
    private final Recipient recipient;

    private AgeIdentity(byte[] privateKey) {
        this.privateKey = privateKey;
        this.recipient = Recipient.of(Primitives.publicKey(privateKey));
    }

    /**
     * A new key.
     *
     * @param random unpredictable
     */
    public static AgeIdentity generate(RandomGenerator random) {
        byte[] key = new byte[Primitives.KEY_BYTES];
        random.nextBytes(key);
        return new AgeIdentity(key);
    }

    /**
     * The key of a text {@code AGE-SECRET-KEY-1…}.
     *
     * @param text stays the caller's, to wipe
     * @throws IllegalArgumentException if it is none; the message says nothing of it
     */
    public static AgeIdentity parse(char[] text) {
        byte[] key = Bech32.decode(PREFIX, text);
        if (key.length != Primitives.KEY_BYTES) {
            throw new IllegalArgumentException("secret key has " + key.length + " bytes, not " + Primitives.KEY_BYTES);
        }
        return new AgeIdentity(key);
    }

    /** The key as {@code AGE-SECRET-KEY-1…}, which {@code age -i} reads; the caller wipes it. */
    public char[] text() {
        char[] text = Bech32.encode(PREFIX, privateKey);
        for (int i = 0; i < text.length; i++) {
            text[i] = Character.toUpperCase(text[i]);
        }
        return text;
    }

    /** The same key, to be closed for itself. */
    public AgeIdentity copy() {
        return new AgeIdentity(privateKey.clone());
    }

    /** Whom to encrypt to, so that this key decrypts. */
    public Recipient recipient() {
        return recipient;
    }

    byte @Nullable [] agree(byte[] publicKey) {
        return Primitives.agree(privateKey, publicKey);
    }

    /** Wipes the key. */
    @Override
    public void close() {
        Arrays.fill(privateKey, (byte) 0);
    }

    @Override
    public String toString() {
        return "identity of " + recipient;
    }
}
