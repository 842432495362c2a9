package dev.swarm.driver;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A pool that gives a task to a thread that has nothing to do before it makes another one, and lets tasks wait once it has all its threads.
 * {@link ThreadPoolExecutor} by itself makes threads up to its core size while others are idle, so that four tasks that come now and then keep
 * four threads. Safe for many threads.
 */
final class IdleFirstPool extends ThreadPoolExecutor {

    IdleFirstPool(int threads, long idleMillis, ThreadFactory factory) {
        super(0, threads, idleMillis, TimeUnit.MILLISECONDS, new Waiting(), factory, IdleFirstPool::enqueue);
    }

    /** All threads are busy, or the pool is shut down. */
    private static void enqueue(Runnable task, ThreadPoolExecutor pool) {
        Waiting waiting = (Waiting) pool.getQueue();
        if (pool.isShutdown()) {
            throw tooLate();
        }
        waiting.append(task);
        if (pool.isShutdown() && waiting.remove(task)) {
            throw tooLate();
        }
        if (pool.getPoolSize() == 0) {
            // The last thread timed out just before the task was there for it to see.
            pool.execute(() -> {});
        }
    }

    private static RejectedExecutionException tooLate() {
        return new RejectedExecutionException("a task came after the node's threads were told to end");
    }

    /** Tells the pool that it has no room unless a thread waits. */
    private static final class Waiting extends LinkedTransferQueue<Runnable> {

        private static final long serialVersionUID = 1;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }

        void append(Runnable task) {
            super.offer(task);
        }
    }
}
