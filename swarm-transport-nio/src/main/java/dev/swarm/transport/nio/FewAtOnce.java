package dev.swarm.transport.nio;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks on another executor, a few of them at once and the others in the order in which they came. Thread-safe. */
final class FewAtOnce implements Executor {

    private static final Logger log = LoggerFactory.getLogger(FewAtOnce.class);

    private final Executor target;
    private final int limit;
    private final Object lock = new Object();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private int running;

    FewAtOnce(Executor target, int limit) {
        this.target = target;
        this.limit = limit;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (lock) {
            if (running >= limit) {
                waiting.add(task);
                return;
            }
            running++;
        }
        try {
            target.execute(() -> runAll(task));
        } catch (RejectedExecutionException e) {
            synchronized (lock) {
                running--;
            }
            throw e;
        }
    }

    private void runAll(Runnable first) {
        Runnable task = first;
        while (task != null) {
            try {
                task.run();
            } catch (RuntimeException e) {
                log.warn("task failed", e);
            }
            task = next();
        }
    }

    /** What runs in the place of a task that is over; null if none waits, and then the place is free. */
    private @Nullable Runnable next() {
        synchronized (lock) {
            Runnable following = waiting.poll();
            running -= following == null ? 1 : 0;
            return following;
        }
    }
}
