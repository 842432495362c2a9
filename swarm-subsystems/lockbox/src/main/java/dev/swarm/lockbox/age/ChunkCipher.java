package dev.swarm.lockbox.age;

import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** ChaCha20-Poly1305 of one key, without associated data. Confined to one thread at a time. */
interface ChunkCipher {

    /**
     * The last feature version of Java whose own cipher is slower than {@link ColumnChunkCipher}, which was measured on 17 and 25: 20
     * is the first with machine code of its own for ChaCha20 and Poly1305.
     */
    int LAST_SLOW_VERSION = 19;

    /** The fastest on this JVM. */
    static ChunkCipher of(byte[] key) {
        ChunkCipher provided = new Provided(key);
        return Runtime.version().feature() > LAST_SLOW_VERSION ? provided : new ColumnChunkCipher(key, provided);
    }

    /** Encrypts a chunk; gives the number of bytes written, 16 more than were read. */
    int seal(byte[] nonce, byte[] in, int from, int size, byte[] out, int to);

    /**
     * Decrypts a chunk; gives the number of bytes written, 16 fewer than were read.
     *
     * @throws AEADBadTagException if it was not encrypted with this key and nonce; nothing of use is written then
     */
    int open(byte[] nonce, byte[] in, int from, int size, byte[] out, int to) throws AEADBadTagException;

    /** Ends the use of it, and leaves nothing of the key that can be wiped. */
    void wipe();

    /** The JVM's own. */
    final class Provided implements ChunkCipher {

        private final SecretKeySpec key;
        private final Cipher cipher = Primitives.cipher();

        Provided(byte[] key) {
            this.key = new SecretKeySpec(key, "ChaCha20");
        }

        @Override
        public int seal(byte[] nonce, byte[] in, int from, int size, byte[] out, int to) {
            try {
                return crypt(Cipher.ENCRYPT_MODE, nonce, in, from, size, out, to);
            } catch (AEADBadTagException e) {
                throw new AssertionError("encrypting checks no tag", e);
            }
        }

        @Override
        public int open(byte[] nonce, byte[] in, int from, int size, byte[] out, int to) throws AEADBadTagException {
            return crypt(Cipher.DECRYPT_MODE, nonce, in, from, size, out, to);
        }

        @Override
        public void wipe() {
            // The JVM's key classes keep copies that cannot be reached.
        }

        private int crypt(int mode, byte[] nonce, byte[] in, int from, int size, byte[] out, int to)
                throws AEADBadTagException {
            try {
                cipher.init(mode, key, new IvParameterSpec(nonce));
                return cipher.doFinal(in, from, size, out, to);
            } catch (AEADBadTagException e) {
                throw e;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(size + " bytes could not be encrypted or decrypted", e);
            }
        }
    }
}
