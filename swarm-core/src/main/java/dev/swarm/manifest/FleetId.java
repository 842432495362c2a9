package dev.swarm.manifest;

import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Objects;

/**
 * Names a fleet by its authority's public key, so that a renewed certificate of the same key is the same fleet. Immutable.
 *
 * @param hex 64 lower-case hex digits
 */
public record FleetId(String hex) {

    /** Length of an id in bytes. */
    public static final int BYTES = 32;

    private static final int TAG_DIGITS = 16;

    /** Checks the form. */
    public FleetId {
        Objects.requireNonNull(hex, "hex");
        if (hex.length() != 2 * BYTES || !hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            throw new IllegalArgumentException("fleet id " + Quoted.of(hex) + " has to be 64 lower-case hex digits");
        }
    }

    /** The fleet of an authority: the SHA-256 of its certificate's SubjectPublicKeyInfo (RFC 5280 section 4.1). */
    public static FleetId of(X509Certificate authority) {
        return new FleetId(
                HexFormat.of().formatHex(Sha256.of(authority.getPublicKey().getEncoded())));
    }

    /** The 32 bytes, a new array each time. */
    public byte[] toBytes() {
        return HexFormat.of().parseHex(hex);
    }

    /** The first 16 hex digits: enough to tell fleets apart on a network that they share. */
    public String tag() {
        return hex.substring(0, TAG_DIGITS);
    }

    @Override
    public String toString() {
        return hex;
    }
}
