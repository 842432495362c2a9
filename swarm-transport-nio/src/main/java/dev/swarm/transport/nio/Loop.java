package dev.swarm.transport.nio;

import java.util.concurrent.Executor;

/**
 * The thread that a connection lives on, as the connection sees it: runs tasks in order, tells the time, wakes it at a
 * deadline. {@link #execute} is safe for many threads; the rest is confined to the loop.
 */
interface Loop extends Executor {

    /** What a channel's readiness is reported to. */
    interface Ready {

        /** The channel can do some of the operations asked for. */
        void ready();

        /** The loop ends, or {@link #ready} threw: the channel has to be closed. */
        void cut(Throwable cause);
    }

    /** Whether the caller runs on this loop. */
    boolean inLoop();

    /** The time by which deadlines are set, in nanoseconds from an arbitrary origin. */
    long now();

    /** Runs the action of {@code deadline} at {@code nanoTime}, and at no other moment set before. */
    void schedule(Deadline deadline, long nanoTime);

    /** Calls {@code deadline} off for good. */
    void forget(Deadline deadline);

    /** Content buffers for the connections of this loop. */
    BufferPool buffers();

    /** Tells the loop of bytes that were read from a socket in this turn. */
    default void noteRead(int bytes) {}
}
