package dev.swarm.transport.nio;

import java.util.concurrent.atomic.AtomicLong;

/** Memory that all connections of a server share for what they hold of requests. Safe for many threads. */
final class ByteBudget {

    private final AtomicLong left;

    ByteBudget(long bytes) {
        this.left = new AtomicLong(bytes);
    }

    /** Takes bytes out; answers false, and takes none, if there are fewer. */
    boolean take(long bytes) {
        long before = left.get();
        while (before >= bytes) {
            if (left.compareAndSet(before, before - bytes)) {
                return true;
            }
            before = left.get();
        }
        return false;
    }

    /** Puts bytes back. */
    void give(long bytes) {
        left.addAndGet(bytes);
    }
}
