package dev.swarm.transport;

import dev.swarm.SwarmException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Loads a node's credentials from PEM files, as certificate authorities hand them out. Stateless. */
public final class PemCredentials {

    /** Far more than a chain or a key takes; keeps a wrong path, as that of a disk image, from filling the memory. */
    private static final long MAX_FILE_BYTES = 1L << 20;

    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final byte[] PROBE = "swarm key check".getBytes(StandardCharsets.US_ASCII);

    private PemCredentials() {}

    /**
     * Loads a certificate with its private key and the fleet's authority.
     *
     * @param certificate the node's certificate, followed in the same file by those between it and the authority, if any
     * @param key an EC, RSA or Ed25519 key in PKCS#8 form, not encrypted
     * @param authority the certificate of the fleet's authority
     * @throws SwarmException with reason IDENTITY, naming the file and the remedy, if one is missing, is of another type or
     *     does not belong to the others
     */
    public static NodeCredentials load(Path certificate, Path key, Path authority) {
        List<X509Certificate> chain = readCertificates(certificate);
        List<X509Certificate> authorities = readCertificates(authority);
        if (authorities.size() != 1) {
            throw identity(authority + " holds " + authorities.size()
                    + " certificates, has to hold the one of the fleet's authority");
        }
        PrivateKey privateKey = readKey(key);
        if (!belongTogether(privateKey, chain.get(0))) {
            throw identity("key " + key + " does not belong to certificate " + certificate
                    + "; both have to come from the same request");
        }
        return new NodeCredentials(chain, privateKey, authorities.get(0));
    }

    private static List<X509Certificate> readCertificates(Path file) {
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher blocks = BLOCK.matcher(readText(file, "certificate"));
        while (blocks.find()) {
            if (!blocks.group(1).equals("CERTIFICATE")) {
                throw identity(file + " holds a " + blocks.group(1) + ", has to hold a CERTIFICATE");
            }
            certificates.add(parseCertificate(file, decode(file, blocks.group(2))));
        }
        if (certificates.isEmpty()) {
            throw identity(file + " holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)");
        }
        return certificates;
    }

    private static X509Certificate parseCertificate(Path file, byte[] der) {
        try {
            Certificate parsed =
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            if (parsed instanceof X509Certificate certificate) {
                return certificate;
            }
        } catch (CertificateException e) {
            throw new SwarmException(
                    SwarmException.Reason.IDENTITY, file + " holds a damaged certificate: " + e.getMessage(), e);
        }
        throw identity(file + " holds a certificate that is not of type X.509");
    }

    private static PrivateKey readKey(Path file) {
        Matcher blocks = BLOCK.matcher(readText(file, "key"));
        while (blocks.find()) {
            String type = blocks.group(1);
            if (type.equals("PRIVATE KEY")) {
                return parseKey(file, decode(file, blocks.group(2)));
            }
            if (!type.equals("EC PARAMETERS")) {
                throw identity(file + " holds a " + type + ", has to hold an unencrypted PKCS#8 PRIVATE KEY;"
                        + " for a key, convert it with: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
            }
        }
        throw identity(file + " holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)");
    }

    private static PrivateKey parseKey(Path file, byte[] der) {
        PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(der);
        Arrays.fill(der, (byte) 0);
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            PrivateKey key = parseKey(algorithm, encoded);
            if (key != null) {
                return key;
            }
        }
        throw identity(file + " holds a key that is neither EC, RSA nor Ed25519");
    }

    private static @Nullable PrivateKey parseKey(String algorithm, PKCS8EncodedKeySpec encoded) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
        } catch (InvalidKeySpecException e) {
            // The encoding names its algorithm, and only that algorithm's factory takes it.
            return null;
        } catch (NoSuchAlgorithmException e) {
            throw new SwarmException(
                    SwarmException.Reason.IDENTITY, "this Java cannot read keys: " + e.getMessage(), e);
        }
    }

    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "EC" -> "SHA256withECDSA";
                    case "RSA" -> "SHA256withRSA";
                    default -> "Ed25519";
                };
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(key);
            signer.update(PROBE);
            byte[] signature = signer.sign();
            signer.initVerify(certificate.getPublicKey());
            signer.update(PROBE);
            return signer.verify(signature);
        } catch (GeneralSecurityException e) {
            // A key of another algorithm or curve than the certificate's is refused with an exception.
            return false;
        }
    }

    private static String readText(Path file, String what) {
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw identity(file + " has " + Files.size(file) + " bytes, too many for a " + what + " in PEM form");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new SwarmException(SwarmException.Reason.IDENTITY, what + " file " + file + " does not exist", e);
        } catch (IOException e) {
            throw new SwarmException(
                    SwarmException.Reason.IDENTITY, what + " file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] decode(Path file, String base64) {
        try {
            return Base64.getMimeDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new SwarmException(SwarmException.Reason.IDENTITY, file + " is not valid base64", e);
        }
    }

    private static SwarmException identity(String message) {
        return new SwarmException(SwarmException.Reason.IDENTITY, message);
    }
}
