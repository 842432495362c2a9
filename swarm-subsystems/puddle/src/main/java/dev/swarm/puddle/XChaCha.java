package dev.swarm.puddle;

import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.modes.XChaCha20Poly1305;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;
import org.jspecify.annotations.Nullable;

/** XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03): nonces are long enough to be drawn at random. Stateless. */
final class XChaCha {

    static final int KEY_BYTES = 32;
    static final int NONCE_BYTES = 24;
    static final int TAG_BYTES = 16;

    private static final int TAG_BITS = 8 * TAG_BYTES;

    private XChaCha() {}

    /** Encrypts; the result is {@link #TAG_BYTES} longer. */
    static byte[] seal(byte[] key, byte[] nonce, byte[] associated, byte[] plain) {
        byte[] sealed = run(true, key, nonce, associated, plain);
        if (sealed == null) {
            throw new AssertionError("encryption checks no tag");
        }
        return sealed;
    }

    /** Decrypts, or gives null if the key, the nonce, the associated bytes or the ciphertext are not those of one sealing. */
    static byte @Nullable [] open(byte[] key, byte[] nonce, byte[] associated, byte[] sealed) {
        return sealed.length < TAG_BYTES ? null : run(false, key, nonce, associated, sealed);
    }

    private static byte @Nullable [] run(boolean seal, byte[] key, byte[] nonce, byte[] associated, byte[] input) {
        XChaCha20Poly1305 cipher = new XChaCha20Poly1305();
        cipher.init(seal, new AEADParameters(new KeyParameter(key), TAG_BITS, nonce, associated));
        byte[] output = new byte[cipher.getOutputSize(input.length)];
        int length = cipher.processBytes(input, 0, input.length, output, 0);
        try {
            cipher.doFinal(output, length);
            return output;
        } catch (InvalidCipherTextException e) {
            return null;
        }
    }
}
