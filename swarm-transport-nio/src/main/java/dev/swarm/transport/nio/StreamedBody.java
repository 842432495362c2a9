package dev.swarm.transport.nio;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A body that its handler reads while it arrives; the loop fills it, one other thread drains it. */
final class StreamedBody extends InputStream implements RequestBody {

    /** Held for a reader that is behind: a few records, so that both ends stay busy, for at most 100 connections. */
    private static final int CAPACITY = 128 * 1024;

    private static final int FIRST_BYTES = 16 * 1024;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();

    private final Object lock = new Object();
    private final long limit;
    private final Runnable onDemand;
    private byte[] ring = new byte[FIRST_BYTES];
    private int start;
    private int held;
    private long received;
    private boolean full;
    private boolean awaited;
    private boolean ended;
    private boolean closed;
    private @Nullable IOException failure;

    /** Takes up to {@code limit} bytes; {@code onDemand} is called, on the reader's thread, when it wants more than is here. */
    StreamedBody(long limit, Runnable onDemand) {
        this.limit = limit;
        this.onDemand = onDemand;
    }

    @Override
    public void append(ByteBuffer data, int count) throws HttpFault {
        if (received + count > limit) {
            throw new HttpFault(413, "request body is longer than " + limit + " bytes");
        }
        received += count;
        synchronized (lock) {
            if (closed) {
                data.position(data.position() + count);
                return;
            }
            makeRoom(count);
            int at = (start + held) % ring.length;
            int first = Math.min(count, ring.length - at);
            data.get(ring, at, first).get(ring, 0, count - first);
            held += count;
            full = held >= CAPACITY;
            lock.notifyAll();
        }
    }

    @Override
    public boolean isFull() {
        synchronized (lock) {
            return full;
        }
    }

    @Override
    public boolean isAwaited() {
        synchronized (lock) {
            return awaited;
        }
    }

    @Override
    public void end() {
        synchronized (lock) {
            ended = true;
            lock.notifyAll();
        }
    }

    @Override
    public void fail(IOException cause) {
        synchronized (lock) {
            if (!ended && failure == null) {
                failure = cause;
                lock.notifyAll();
            }
        }
    }

    @Override
    public ByteBuffer bytes() {
        return EMPTY.duplicate();
    }

    @Override
    public InputStream stream() {
        return this;
    }

    @Override
    public void release() {
        fail(new IOException("the request is over"));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        int count;
        boolean roomAgain;
        synchronized (lock) {
            if (!awaitBytes()) {
                return -1;
            }
            count = Math.min(length, held);
            int first = Math.min(count, ring.length - start);
            System.arraycopy(ring, start, target, offset, first);
            System.arraycopy(ring, 0, target, offset + first, count - first);
            start = (start + count) % ring.length;
            held -= count;
            roomAgain = full && held <= CAPACITY / 2;
            full &= !roomAgain;
        }
        if (roomAgain) {
            onDemand.run();
        }
        return count;
    }

    @Override
    public int available() {
        synchronized (lock) {
            return held;
        }
    }

    /** Reads no more; what still comes is thrown away. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            full = false;
            held = 0;
        }
        onDemand.run();
    }

    /** Waits for bytes; answers false at the end. */
    private boolean awaitBytes() throws IOException {
        while (held == 0) {
            if (closed) {
                throw new IOException("the body's stream is closed");
            }
            if (failure != null) {
                throw new IOException("request body cannot be read on: " + failure.getMessage(), failure);
            }
            if (ended) {
                return false;
            }
            if (!awaited) {
                awaited = true;
                onDemand.run();
            }
            try {
                lock.wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (InterruptedIOException)
                        new InterruptedIOException("interrupted while a request body came").initCause(e);
            }
        }
        return true;
    }

    private void makeRoom(int count) {
        if (held + count > ring.length) {
            byte[] larger = new byte[Math.max(ring.length * 2, held + count)];
            int first = Math.min(held, ring.length - start);
            System.arraycopy(ring, start, larger, 0, first);
            System.arraycopy(ring, 0, larger, first, held - first);
            ring = larger;
            start = 0;
        }
    }
}
