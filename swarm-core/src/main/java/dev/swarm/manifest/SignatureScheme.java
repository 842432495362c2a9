package dev.swarm.manifest;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;

/** How a key of each accepted kind signs; the key's kind alone decides, nothing on the wire does. */
enum SignatureScheme {
    /** FIPS 186-5, any curve of the platform. */
    ECDSA("SHA256withECDSA"),
    /** RFC 8032. */
    ED25519("Ed25519"),
    /** RFC 8017 section 8.1 with SHA-256 and a salt of 32 bytes. */
    RSA_PSS("RSASSA-PSS");

    private static final int SALT_BYTES = 32;

    private final String algorithm;

    SignatureScheme(String algorithm) {
        this.algorithm = algorithm;
    }

    static SignatureScheme of(Key key) throws InvalidKeyException {
        return switch (key.getAlgorithm()) {
            case "EC" -> ECDSA;
            case "RSA", "RSASSA-PSS" -> RSA_PSS;
            case "EdDSA", "Ed25519" -> edwards(key);
            default -> throw unsupported(key.getAlgorithm());
        };
    }

    byte[] sign(PrivateKey key, byte[] message) throws GeneralSecurityException {
        Signature signature = instance();
        signature.initSign(key);
        signature.update(message);
        return signature.sign();
    }

    boolean verify(PublicKey key, byte[] message, byte[] proof) throws GeneralSecurityException {
        Signature signature = instance();
        signature.initVerify(key);
        signature.update(message);
        return signature.verify(proof);
    }

    private Signature instance() throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm);
        if (this == RSA_PSS) {
            signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, SALT_BYTES, 1));
        }
        return signature;
    }

    private static SignatureScheme edwards(Key key) throws InvalidKeyException {
        String curve = key instanceof EdECKey edwards ? edwards.getParams().getName() : key.getAlgorithm();
        if (!curve.equals(ED25519.algorithm)) {
            throw unsupported(curve);
        }
        return ED25519;
    }

    private static InvalidKeyException unsupported(String kind) {
        return new InvalidKeyException("a key of kind " + kind + " cannot sign entries; use EC, Ed25519 or RSA");
    }
}
