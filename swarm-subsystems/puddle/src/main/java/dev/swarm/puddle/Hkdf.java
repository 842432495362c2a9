package dev.swarm.puddle;

import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.HKDFBytesGenerator;
import org.bouncycastle.crypto.params.HKDFParameters;

/** HKDF with SHA-256 (RFC 5869). Stateless. */
final class Hkdf {

    private Hkdf() {}

    /** A key for one purpose; the caller wipes it. */
    static byte[] key(byte[] secret, byte[] salt, String purpose) {
        HKDFBytesGenerator generator = new HKDFBytesGenerator(new SHA256Digest());
        generator.init(new HKDFParameters(secret, salt, purpose.getBytes(StandardCharsets.UTF_8)));
        byte[] key = new byte[XChaCha.KEY_BYTES];
        generator.generateBytes(key, 0, key.length);
        return key;
    }
}
