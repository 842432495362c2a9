package dev.swarm.manifest;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An author's certificate as it travels: DER bytes that nobody has looked into yet. Immutable; equal if the bytes are.
 */
public final class AuthorCertificate {

    /** Longest certificate, in bytes: four times one with an RSA key of 4,096 bits and a dozen names. */
    public static final int MAX_BYTES = 8 * 1024;

    private final byte[] der;
    private final byte[] sha256;

    private AuthorCertificate(byte[] der) {
        if (der.length == 0 || der.length > MAX_BYTES) {
            throw new IllegalArgumentException("certificate is " + der.length + " bytes, has to be 1 to " + MAX_BYTES);
        }
        this.der = der;
        this.sha256 = Sha256.of(der);
    }

    /**
     * Takes a copy of DER bytes, which need not be a certificate.
     *
     * @throws IllegalArgumentException if there are none or more than {@link #MAX_BYTES}
     */
    public static AuthorCertificate of(byte[] der) {
        return new AuthorCertificate(der.clone());
    }

    /**
     * Takes a certificate's bytes.
     *
     * @throws IllegalArgumentException if it has more than {@link #MAX_BYTES} or cannot be encoded
     */
    public static AuthorCertificate of(X509Certificate certificate) {
        try {
            return new AuthorCertificate(certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("certificate of " + certificate.getSubjectX500Principal(), e);
        }
    }

    /** The DER bytes, a new array each time. */
    public byte[] toBytes() {
        return der.clone();
    }

    /** How many DER bytes there are. */
    public int length() {
        return der.length;
    }

    /** The SHA-256 of the DER bytes in 64 lower-case hex digits. */
    public String fingerprint() {
        return HexFormat.of().formatHex(sha256);
    }

    /**
     * Reads the bytes as a certificate, of which nothing is verified.
     *
     * @throws CertificateException if they are none
     */
    public X509Certificate parse() throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    byte[] sha256() {
        return sha256;
    }

    @Override
    public boolean equals(Object other) {
        return other == this
                || (other instanceof AuthorCertificate certificate && Arrays.equals(sha256, certificate.sha256));
    }

    @Override
    public int hashCode() {
        return ByteBuffer.wrap(sha256).getInt();
    }

    @Override
    public String toString() {
        return "certificate " + fingerprint();
    }
}
