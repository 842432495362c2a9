package dev.swarm.lockbox.age;

import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/**
 * Some consecutive chunks of a payload, encrypted or decrypted together. Handed from thread to thread, used by one at a time.
 *
 * <p>Each chunk has a nonce of its place in the file and of whether it is the last (STREAM: Hoang, Reyhanitabar, Rogaway, Vizar,
 * 2015), so that none can be left out, swapped or appended.
 */
final class ChunkBatch {

    static final int PLAIN_CHUNK = 64 * 1024;
    static final int SEALED_CHUNK = PLAIN_CHUNK + Primitives.TAG_BYTES;

    /** A quarter of a mebibyte: enough that handing it over costs nothing beside the cipher. */
    static final int CHUNKS = 4;

    private final int mode;
    private final ChunkCipher cipher;
    private final int chunkIn;

    final byte[] input;
    final byte[] output;
    private int inputBytes;
    private long firstChunk;
    private boolean last;
    int outputBytes;

    ChunkBatch(int mode, byte[] key) {
        this.mode = mode;
        this.cipher = ChunkCipher.of(key);
        this.chunkIn = mode == Cipher.ENCRYPT_MODE ? PLAIN_CHUNK : SEALED_CHUNK;
        // One byte more, by which the reader learns whether the batch is the last.
        this.input = new byte[CHUNKS * chunkIn + 1];
        this.output = new byte[CHUNKS * SEALED_CHUNK];
    }

    void fill(int bytes, long chunk, boolean end) {
        inputBytes = bytes;
        firstChunk = chunk;
        last = end;
    }

    ChunkBatch run() throws AgeException {
        outputBytes = 0;
        int at = 0;
        long chunk = firstChunk;
        do {
            int size = Math.min(chunkIn, inputBytes - at);
            crypt(at, size, chunk, last && at + size == inputBytes);
            at += size;
            chunk++;
        } while (at < inputBytes);
        return this;
    }

    /** Leaves nothing of text or key in memory that is not the collector's yet. */
    void wipe() {
        Arrays.fill(input, (byte) 0);
        Arrays.fill(output, (byte) 0);
        cipher.wipe();
    }

    private void crypt(int at, int size, long chunk, boolean isLast) throws AgeException {
        int least = chunk == 0 ? Primitives.TAG_BYTES : Primitives.TAG_BYTES + 1;
        if (mode == Cipher.DECRYPT_MODE && size < least) {
            throw damaged(chunk, null);
        }
        byte[] nonce = new byte[Primitives.NONCE_BYTES];
        ByteBuffer.wrap(nonce).putLong(3, chunk).put(11, (byte) (isLast ? 1 : 0));
        try {
            outputBytes += mode == Cipher.ENCRYPT_MODE
                    ? cipher.seal(nonce, input, at, size, output, outputBytes)
                    : cipher.open(nonce, input, at, size, output, outputBytes);
        } catch (AEADBadTagException e) {
            throw damaged(chunk, e);
        }
    }

    private static AgeException damaged(long chunk, @Nullable Throwable cause) {
        String message = "age file is cut off or changed at byte " + chunk * SEALED_CHUNK + " of its payload";
        return cause == null
                ? new AgeException(AgeException.Fault.DAMAGED, message)
                : new AgeException(AgeException.Fault.DAMAGED, message, cause);
    }
}
