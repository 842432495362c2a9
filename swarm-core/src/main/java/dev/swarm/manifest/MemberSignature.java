package dev.swarm.manifest;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/** A member's signature with the certificate of the key that made it. Immutable. */
public final class MemberSignature {

    /** Longest signature, in bytes: one of an RSA key of 8,192 bits. */
    public static final int MAX_BYTES = 1024;

    private final AuthorCertificate certificate;
    private final byte[] bytes;

    /**
     * Takes a copy; nothing is verified.
     *
     * @throws IllegalArgumentException if there are no bytes or more than {@link #MAX_BYTES}
     */
    public MemberSignature(AuthorCertificate certificate, byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("signature is " + bytes.length + " bytes, has to be 1 to " + MAX_BYTES);
        }
        this.certificate = Objects.requireNonNull(certificate, "certificate");
        this.bytes = bytes.clone();
    }

    /** The certificate, of which nothing is verified. */
    public AuthorCertificate certificate() {
        return certificate;
    }

    /** The signature, a new array each time. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof MemberSignature signature
                && certificate.equals(signature.certificate)
                && Arrays.equals(bytes, signature.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "signature " + HexFormat.of().formatHex(bytes, 0, Math.min(8, bytes.length)) + " of " + certificate;
    }
}
