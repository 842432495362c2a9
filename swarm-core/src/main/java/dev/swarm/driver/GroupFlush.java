package dev.swarm.driver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Flushes what many have done at once: who comes while a flush runs shares the next, and no thread waits for it. One that waited
 * would be held for up to two flushes, and a file's own flush is all that it is there for. Safe for many threads.
 */
final class GroupFlush {

    private final Work work;
    private final Executor thread;
    private final Object lock = new Object();

    /** Guarded by {@link #lock}. */
    private List<Outcome> waiting = new ArrayList<>();

    /** Guarded by {@link #lock}. */
    private boolean running;

    /** A flush; returns when everything done before is on disk. */
    interface Work {
        void flush() throws IOException;
    }

    /** Who is told of a flush. */
    interface Outcome {

        /** The flush is over; on its thread, which is not to be held up. Null unless it failed. */
        void over(@Nullable Exception failure);
    }

    /** Flushes on one thread of {@code thread} at a time. */
    GroupFlush(Work work, Executor thread) {
        this.work = work;
        this.thread = thread;
    }

    /** Has what was done before this call flushed. */
    void request(Outcome outcome) {
        synchronized (lock) {
            waiting.add(outcome);
            if (running) {
                return;
            }
            running = true;
        }
        try {
            thread.execute(this::flushAll);
        } catch (RejectedExecutionException e) {
            // The node ends; what it has begun it completes.
            flushAll();
        }
    }

    private void flushAll() {
        while (true) {
            List<Outcome> group;
            synchronized (lock) {
                group = waiting;
                waiting = new ArrayList<>();
                if (group.isEmpty()) {
                    running = false;
                    return;
                }
            }
            Exception failure = flush();
            group.forEach(outcome -> outcome.over(failure));
        }
    }

    private @Nullable Exception flush() {
        try {
            work.flush();
            return null;
        } catch (IOException | RuntimeException e) {
            return e;
        }
    }
}
