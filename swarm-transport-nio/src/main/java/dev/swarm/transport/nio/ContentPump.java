package dev.swarm.transport.nio;

import dev.swarm.transport.ContentSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Reads a content source ahead of the connection that sends it, so that disk and encryption overlap.
 *
 * <p>Confined to a loop, apart from the reads themselves. What a read gave is taken straight from a queue; the loop is woken for
 * it only if it waits. Closes the source when all is read, or on {@link #abandon}, but never during a read.
 */
final class ContentPump {

    /** One buffer is sent while the other is filled; more would only hold memory. */
    private static final int MAX_BUFFERS = 2;

    private enum SourceUse {
        IDLE,
        READING,
        LET_GO
    }

    private final Executor loop;
    private final BufferPool pool;
    private final Executor workers;
    private final ContentSource source;
    private final Runnable onReady;
    private final AtomicReference<SourceUse> use = new AtomicReference<>(SourceUse.IDLE);
    /** In the order of the source: the next read begins only when the last has put its buffer here. */
    private final Queue<ByteBuffer> filled = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean waiting = new AtomicBoolean();
    private long unasked;
    private int buffers;
    private @Nullable ByteBuffer sending;
    private volatile @Nullable IOException failure;

    /** Reads {@code source} on {@code workers}; {@code onReady} is called on the loop when there is more to send. */
    ContentPump(Executor loop, BufferPool pool, Executor workers, ContentSource source, Runnable onReady) {
        this.loop = loop;
        this.pool = pool;
        this.workers = workers;
        this.source = source;
        this.onReady = onReady;
        this.unasked = source.length();
        if (unasked == 0) {
            abandon();
        }
    }

    /** Whether every byte of the source is in a buffer or sent. */
    boolean isAllRead() {
        return unasked == 0 && use.get() != SourceUse.READING;
    }

    /** Whether every byte of the source has been taken. */
    boolean isDone() {
        ByteBuffer current = sending;
        return isAllRead() && filled.isEmpty() && (current == null || !current.hasRemaining());
    }

    /** Starts reading ahead if there is room and something left. */
    void readAhead() {
        boolean useful = unasked > 0 && buffers < MAX_BUFFERS && failure == null;
        if (useful && use.compareAndSet(SourceUse.IDLE, SourceUse.READING)) {
            ByteBuffer target = pool.take();
            buffers++;
            target.limit((int) Math.min(target.capacity(), unasked));
            unasked -= target.limit();
            try {
                workers.execute(() -> read(target));
            } catch (RejectedExecutionException e) {
                finishRead(target, new IOException("workers are shut down", e));
            }
        }
    }

    /** The next bytes to send, or null if none are here yet. What was given out before has to be used up. */
    @Nullable
    ByteBuffer next() throws IOException {
        recycleSent();
        ByteBuffer next = filled.poll();
        if (next == null) {
            waiting.set(true);
            // What came between the look and the note has nobody to tell of it.
            next = filled.poll();
        }
        IOException broken = failure;
        if (next == null && broken != null) {
            throw broken;
        }
        if (next != null) {
            waiting.set(false);
        }
        sending = next;
        readAhead();
        if (isAllRead() && use.compareAndSet(SourceUse.IDLE, SourceUse.LET_GO)) {
            closeElsewhere();
        }
        return next;
    }

    /** Lets go of buffers and source. */
    void abandon() {
        unasked = 0;
        recycleSent();
        for (ByteBuffer unsent = filled.poll(); unsent != null; unsent = filled.poll()) {
            pool.give(unsent);
        }
        if (use.getAndSet(SourceUse.LET_GO) == SourceUse.IDLE) {
            closeElsewhere();
        }
    }

    private void recycleSent() {
        ByteBuffer sent = sending;
        if (sent != null) {
            sending = null;
            buffers--;
            pool.give(sent);
        }
    }

    private void read(ByteBuffer target) {
        IOException broken = null;
        try {
            while (target.hasRemaining()) {
                int before = target.remaining();
                source.read(target);
                if (target.remaining() == before) {
                    throw new IOException("content source gave no byte of the " + before + " it still owes");
                }
            }
        } catch (IOException e) {
            broken = e;
        } catch (RuntimeException e) {
            broken = new IOException("content source failed", e);
        }
        finishRead(target, broken);
    }

    private void finishRead(ByteBuffer target, @Nullable IOException broken) {
        if (broken == null) {
            filled.add(target.flip());
        } else {
            failure = broken;
        }
        if (!use.compareAndSet(SourceUse.READING, SourceUse.IDLE)) {
            source.close();
        }
        if (waiting.getAndSet(false)) {
            loop.execute(onReady);
        }
    }

    /** Closing may touch the disk, so it is not for the loop while there are workers. */
    private void closeElsewhere() {
        try {
            workers.execute(source::close);
        } catch (RejectedExecutionException e) {
            source.close();
        }
    }
}
