package dev.swarm.lockbox.age;

/**
 * Somebody to encrypt to: an X25519 public key. Immutable.
 *
 * @param text the key as {@code age1…}, in lower case
 */
public record Recipient(String text) implements Comparable<Recipient> {

    private static final String PREFIX = "age";

    /** Checks the form. */
    public Recipient {
        int bytes = Bech32.decode(PREFIX, text.toCharArray()).length;
        if (bytes != Primitives.KEY_BYTES || Character.isUpperCase(text.charAt(0))) {
            throw new IllegalArgumentException("recipient has to be age1 and 58 lower-case characters");
        }
    }

    static Recipient of(byte[] publicKey) {
        return new Recipient(new String(Bech32.encode(PREFIX, publicKey)));
    }

    byte[] publicKey() {
        return Bech32.decode(PREFIX, text.toCharArray());
    }

    @Override
    public int compareTo(Recipient other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
