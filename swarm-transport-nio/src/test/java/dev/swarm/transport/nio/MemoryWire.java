package dev.swarm.transport.nio;

import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.util.function.LongToIntFunction;

/** One end of a connection in memory that moves at most so many bytes a call as the test chooses for a position. */
final class MemoryWire implements Wire {

    /** What one end has written and the other has not read. */
    private static final class Pipe {
        private byte[] bytes = new byte[256];
        private int start;
        private int end;
        private boolean closed;
        private long carried;
        private long taken;

        int room() {
            return 1 << 16;
        }

        int held() {
            return end - start;
        }

        void put(ByteBuffer source, int count) {
            if (end + count > bytes.length) {
                byte[] larger = new byte[Math.max(bytes.length * 2, held() + count)];
                System.arraycopy(bytes, start, larger, 0, held());
                end -= start;
                start = 0;
                bytes = larger;
            }
            source.get(bytes, end, count);
            end += count;
            carried += count;
        }

        void take(ByteBuffer target, int count) {
            target.put(bytes, start, count);
            start += count;
            taken += count;
        }
    }

    private final Pipe in;
    private final Pipe out;
    private final LongToIntFunction readSizes;
    private final LongToIntFunction writeSizes;
    private Loop.Ready owner;
    private boolean connected;
    private boolean closed;
    private int wanted;

    private MemoryWire(
            Pipe in, Pipe out, boolean connected, LongToIntFunction readSizes, LongToIntFunction writeSizes) {
        this.in = in;
        this.out = out;
        this.connected = connected;
        this.readSizes = readSizes;
        this.writeSizes = writeSizes;
    }

    /** Two ends of a connection, the first of which has still to connect. */
    static MemoryWire[] pair(LongToIntFunction readSizes, LongToIntFunction writeSizes) {
        Pipe there = new Pipe();
        Pipe back = new Pipe();
        return new MemoryWire[] {
            new MemoryWire(back, there, false, readSizes, writeSizes),
            new MemoryWire(there, back, true, readSizes, writeSizes)
        };
    }

    /** Tells the owner of what it asked to be told of; answers whether there was anything. */
    boolean tell() {
        boolean readable = (wanted & SelectionKey.OP_READ) != 0 && (in.held() > 0 || in.closed);
        boolean writable = (wanted & SelectionKey.OP_WRITE) != 0 && out.room() > 0;
        boolean connectable = (wanted & SelectionKey.OP_CONNECT) != 0;
        boolean ready = !closed && (readable || writable || connectable);
        if (ready) {
            owner.ready();
        }
        return ready;
    }

    boolean isClosed() {
        return closed;
    }

    /** Bytes that came to this end so far. */
    long carriedIn() {
        return in.carried;
    }

    @Override
    public void attach(Loop.Ready newOwner) {
        owner = newOwner;
    }

    @Override
    public boolean isConnected() {
        return connected;
    }

    @Override
    public boolean finishConnect() {
        connected = true;
        return true;
    }

    @Override
    public boolean isReadable() {
        return in.held() > 0 || in.closed;
    }

    @Override
    public int read(ByteBuffer target) {
        int count = Math.min(Math.min(target.remaining(), in.held()), readSizes.applyAsInt(in.taken));
        if (count == 0) {
            return in.closed && in.held() == 0 ? -1 : 0;
        }
        in.take(target, count);
        return count;
    }

    @Override
    public int write(ByteBuffer source) {
        int count = Math.min(Math.min(source.remaining(), out.room()), writeSizes.applyAsInt(out.carried));
        out.put(source, count);
        return count;
    }

    @Override
    public void shutdownOutput() {
        out.closed = true;
    }

    @Override
    public void want(int operations) {
        wanted = operations;
    }

    @Override
    public void dropUnsent() {
        // Nothing stays behind in memory.
    }

    @Override
    public void close() {
        closed = true;
        out.closed = true;
    }
}
