package dev.swarm.lockbox.age;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import javax.crypto.Cipher;

/**
 * Encrypts or decrypts the payload of a file in constant memory, with as many threads as it is given, in order. Confined to one
 * thread but for the batches that it hands to others.
 */
final class Payload {

    private final int mode;
    private final byte[] key;
    private final Executor executor;
    private final int maxBatches;
    private final Deque<CompletableFuture<ChunkBatch>> running = new ArrayDeque<>();
    private final Deque<ChunkBatch> idle = new ArrayDeque<>();
    private int made;

    private Payload(int mode, byte[] key, Executor executor, int threads) {
        this.mode = mode;
        this.key = key;
        this.executor = executor;
        this.maxBatches = threads + 2;
    }

    static void encrypt(InputStream source, OutputStream target, byte[] key, AgeFile.Workers workers)
            throws IOException {
        new Payload(Cipher.ENCRYPT_MODE, key, workers.executor(), workers.threads()).copy(source, target);
    }

    static void decrypt(InputStream source, OutputStream target, byte[] key, AgeFile.Workers workers)
            throws IOException {
        new Payload(Cipher.DECRYPT_MODE, key, workers.executor(), workers.threads()).copy(source, target);
    }

    private void copy(InputStream source, OutputStream target) throws IOException {
        try {
            int carried = 0;
            byte carry = 0;
            boolean end = false;
            for (long chunk = 0; !end; chunk += ChunkBatch.CHUNKS) {
                ChunkBatch batch = nextIdle(target);
                int most = batch.input.length;
                batch.input[0] = carry;
                int bytes = carried + source.readNBytes(batch.input, carried, most - carried);
                end = bytes < most;
                carried = 1;
                carry = batch.input[most - 1];
                batch.fill(end ? bytes : most - 1, chunk, end);
                start(batch, end && chunk == 0);
            }
            while (!running.isEmpty()) {
                writeOldest(target);
            }
        } finally {
            settle();
        }
    }

    private ChunkBatch nextIdle(OutputStream target) throws IOException {
        if (idle.isEmpty() && made == maxBatches) {
            writeOldest(target);
        }
        if (idle.isEmpty()) {
            made++;
            return new ChunkBatch(mode, key);
        }
        return idle.remove();
    }

    /** What fits one batch is not worth another thread. */
    private void start(ChunkBatch batch, boolean alone) throws IOException {
        if (alone) {
            running.add(CompletableFuture.completedFuture(batch.run()));
            return;
        }
        running.add(CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return batch.run();
                    } catch (AgeException e) {
                        throw new CompletionException(e);
                    }
                },
                executor));
    }

    private void writeOldest(OutputStream target) throws IOException {
        ChunkBatch batch;
        try {
            batch = running.remove().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof AgeException damaged) {
                throw damaged;
            }
            throw e;
        }
        target.write(batch.output, 0, batch.outputBytes);
        idle.add(batch);
    }

    /** Leaves no batch running and no text of the file in memory that is not the collector's yet. */
    private void settle() {
        for (CompletableFuture<ChunkBatch> batch : running) {
            batch.handle((done, failed) -> null).join();
        }
        for (ChunkBatch batch : idle) {
            batch.wipe();
        }
    }
}
