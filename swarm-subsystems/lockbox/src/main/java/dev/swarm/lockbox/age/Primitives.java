package dev.swarm.lockbox.age;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The JDK's X25519, HKDF-SHA-256 and ChaCha20-Poly1305, as the format names them. */
final class Primitives {

    static final int KEY_BYTES = 32;
    static final int TAG_BYTES = 16;
    static final int NONCE_BYTES = 12;

    private static final byte[] BASE_POINT = basePoint();

    private Primitives() {}

    /** The public key of a private one. */
    static byte[] publicKey(byte[] privateKey) {
        byte[] key = agree(privateKey, BASE_POINT);
        if (key == null) {
            throw new AssertionError("the base point has no small order");
        }
        return key;
    }

    /** The shared secret; null if the other key is a point of small order. */
    static byte @Nullable [] agree(byte[] privateKey, byte[] publicKey) {
        try {
            KeyFactory keys = KeyFactory.getInstance("X25519");
            PrivateKey own = keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, privateKey));
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(own);
            agreement.doPhase(
                    keys.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, integer(publicKey))), true);
            return agreement.generateSecret();
        } catch (InvalidKeyException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("X25519 is missing from this Java runtime", e);
        }
    }

    /** RFC 5869, 32 bytes. */
    static byte[] hkdf(byte[] secret, byte[] salt, String info) {
        byte[] extracted = hmac(salt.length == 0 ? new byte[KEY_BYTES] : salt, secret);
        byte[] context = info.getBytes(StandardCharsets.US_ASCII);
        byte[] block = Arrays.copyOf(context, context.length + 1);
        block[context.length] = 1;
        byte[] key = hmac(extracted, block);
        Arrays.fill(extracted, (byte) 0);
        return key;
    }

    /** HMAC-SHA-256. */
    static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is missing from this Java runtime", e);
        }
    }

    /** Encrypts a short text under a key of one use, hence a nonce of zeros. */
    static byte[] seal(byte[] key, byte[] plain) {
        try {
            return crypt(Cipher.ENCRYPT_MODE, key, plain);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("ChaCha20-Poly1305 is missing from this Java runtime", e);
        }
    }

    /** Undoes {@link #seal}; null if it was another key or another text. */
    static byte @Nullable [] open(byte[] key, byte[] sealed) {
        try {
            return crypt(Cipher.DECRYPT_MODE, key, sealed);
        } catch (AEADBadTagException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("ChaCha20-Poly1305 is missing from this Java runtime", e);
        }
    }

    static Cipher cipher() {
        try {
            return Cipher.getInstance("ChaCha20-Poly1305");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("ChaCha20-Poly1305 is missing from this Java runtime", e);
        }
    }

    private static byte[] crypt(int mode, byte[] key, byte[] text) throws GeneralSecurityException {
        Cipher cipher = cipher();
        cipher.init(mode, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(new byte[NONCE_BYTES]));
        return cipher.doFinal(text);
    }

    /** RFC 7748 section 5: little endian, the top bit is ignored. */
    private static BigInteger integer(byte[] littleEndian) {
        byte[] bigEndian = new byte[littleEndian.length];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[i] = littleEndian[littleEndian.length - 1 - i];
        }
        bigEndian[0] &= 0x7f;
        return new BigInteger(1, bigEndian);
    }

    private static byte[] basePoint() {
        byte[] point = new byte[KEY_BYTES];
        point[0] = 9;
        return point;
    }
}
