package dev.swarm.user;

import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * A user across machines: the public key that was made when the identity was founded. Immutable.
 *
 * @param hex the raw Ed25519 public key (RFC 8032 section 5.1.5), 64 lower-case hexadecimal digits
 */
public record UserId(String hex) implements Comparable<UserId> {

    /** Bytes of a key. */
    public static final int BYTES = 32;

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    /** Checks the form. */
    public UserId {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException(
                    "user id has to be 64 lower-case hexadecimal digits; it has " + hex.length() + " characters");
        }
    }

    /** The id of a raw public key of {@link #BYTES} bytes. */
    public static UserId of(byte[] publicKey) {
        return new UserId(HexFormat.of().formatHex(publicKey));
    }

    /** The raw public key, each call a copy. */
    public byte[] publicKey() {
        return HexFormat.of().parseHex(hex);
    }

    @Override
    public int compareTo(UserId other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
