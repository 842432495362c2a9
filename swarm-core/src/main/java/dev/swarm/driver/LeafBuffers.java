package dev.swarm.driver;

import dev.swarm.blob.BlobLayout;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The buffers in which leaves wait to be verified and written, used again and again: they are nearly all that a download
 * allocates. When many are out, because the disk or the processor is behind, peers are to be held back. Safe for many threads.
 */
final class LeafBuffers {

    /** Leaves waiting at once, 8 MiB: enough for every worker to have a run of them. */
    static final int MAX_WAITING = 128;

    /** Peers go on when so many wait: half, so that they do not stop and go with each leaf. */
    private static final int RESUME_AT = MAX_WAITING / 2;

    private final Object lock = new Object();
    private final Deque<ByteBuffer> kept = new ArrayDeque<>();
    private List<Runnable> heldBack = new ArrayList<>();
    private int out;

    /** An empty buffer with room for {@code length} bytes, at most a leaf. */
    ByteBuffer take(int length) {
        ByteBuffer buffer;
        synchronized (lock) {
            out++;
            buffer = kept.poll();
        }
        return (buffer == null ? ByteBuffer.allocate(BlobLayout.LEAF_BYTES) : buffer.clear()).limit(length);
    }

    /** Takes a buffer back that nobody refers to any more. */
    void give(ByteBuffer buffer) {
        List<Runnable> resumed = List.of();
        synchronized (lock) {
            out--;
            if (kept.size() < MAX_WAITING) {
                kept.push(buffer);
            }
            if (out <= RESUME_AT && !heldBack.isEmpty()) {
                resumed = heldBack;
                heldBack = new ArrayList<>();
            }
        }
        resumed.forEach(Runnable::run);
    }

    /** Whether so many leaves wait that no more should come for now. */
    boolean isBehind() {
        synchronized (lock) {
            return out >= MAX_WAITING;
        }
    }

    /** Whether somebody waits to be told that more may come. */
    boolean isHoldingBack() {
        synchronized (lock) {
            return !heldBack.isEmpty();
        }
    }

    /** Has {@code resume} called once, on any thread, when more may come; answers false, and does not, if they may already. */
    boolean holdBack(Runnable resume) {
        synchronized (lock) {
            boolean behind = out > RESUME_AT;
            if (behind) {
                heldBack.add(resume);
            }
            return behind;
        }
    }
}
