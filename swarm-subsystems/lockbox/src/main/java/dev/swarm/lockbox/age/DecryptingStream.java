package dev.swarm.lockbox.age;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import javax.crypto.Cipher;

/** The text of a payload, decrypted as it is read; what was read is a true beginning of it. Confined to one thread. */
final class DecryptingStream extends InputStream {

    private final InputStream source;
    private final ChunkBatch batch;
    private int carried;
    private byte carry;
    private long chunk;
    private int at;
    private boolean ended;

    /** Reads from a source, which stays the caller's. */
    DecryptingStream(InputStream source, byte[] key) {
        this.source = source;
        this.batch = new ChunkBatch(Cipher.DECRYPT_MODE, key);
    }

    @Override
    public int read() throws IOException {
        return fill() ? batch.output[at++] & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int most = Math.min(length, batch.outputBytes - at);
        System.arraycopy(batch.output, at, target, offset, most);
        at += most;
        return most;
    }

    /** Leaves nothing of the text in memory that is not the collector's yet. */
    @Override
    public void close() {
        ended = true;
        at = batch.outputBytes;
        batch.wipe();
    }

    private boolean fill() throws IOException {
        while (at == batch.outputBytes && !ended) {
            int most = batch.input.length;
            batch.input[0] = carry;
            int bytes = carried + source.readNBytes(batch.input, carried, most - carried);
            ended = bytes < most;
            carried = 1;
            carry = batch.input[most - 1];
            batch.fill(ended ? bytes : most - 1, chunk, ended);
            chunk += ChunkBatch.CHUNKS;
            at = 0;
            batch.run();
        }
        return at < batch.outputBytes;
    }
}
