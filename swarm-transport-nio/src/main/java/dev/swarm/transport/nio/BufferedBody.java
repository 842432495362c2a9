package dev.swarm.transport.nio;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A body that is collected in memory before its handler runs. */
final class BufferedBody implements RequestBody {

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();
    /** Allocated on the word of a peer; what exceeds it has to arrive first. */
    private static final int FIRST_BYTES = 64 * 1024;

    private final ByteBudget budget;
    private final long limit;
    private final long declared;
    private @Nullable ByteBuffer room;
    private long granted;

    /**
     * An empty body.
     *
     * @param budget what it allocates is taken from
     * @param limit most bytes that it takes
     * @param declared the length the peer gave, or negative if it gave none
     */
    BufferedBody(ByteBudget budget, long limit, long declared) {
        this.budget = budget;
        this.limit = limit;
        this.declared = declared;
    }

    @Override
    public void append(ByteBuffer data, int count) throws HttpFault {
        ByteBuffer current = room;
        int taken = current == null ? 0 : current.position();
        if (taken + (long) count > limit) {
            throw new HttpFault(413, "request body is longer than " + limit + " bytes");
        }
        if (current == null) {
            current = allocate(Math.min(Math.max(declared, count), FIRST_BYTES));
        }
        if (current.remaining() < count) {
            long wanted = Math.max(current.capacity() * 2L, taken + (long) count);
            current = allocate(Math.min(wanted, limit)).put(current.flip());
        }
        room = current.put(current.position(), data, data.position(), count).position(taken + count);
        data.position(data.position() + count);
    }

    @Override
    public boolean isFull() {
        return false;
    }

    @Override
    public boolean isAwaited() {
        return true;
    }

    @Override
    public void end() {
        ByteBuffer whole = room;
        if (whole != null) {
            room = whole.flip();
        }
    }

    @Override
    public void fail(IOException cause) {
        // Its handler has not run yet and will not.
        room = null;
    }

    @Override
    public ByteBuffer bytes() {
        ByteBuffer whole = room;
        return whole == null ? EMPTY.duplicate() : whole.asReadOnlyBuffer();
    }

    @Override
    public InputStream stream() {
        ByteBuffer whole = room;
        return whole == null
                ? InputStream.nullInputStream()
                : new ByteArrayInputStream(whole.array(), whole.arrayOffset(), whole.limit());
    }

    @Override
    public void release() {
        budget.give(granted);
        granted = 0;
    }

    private ByteBuffer allocate(long bytes) throws HttpFault {
        long more = bytes - granted;
        if (!budget.take(more)) {
            throw new HttpFault(503, "this node holds as many request bodies as it takes");
        }
        granted = bytes;
        return ByteBuffer.allocate((int) bytes);
    }
}
