package dev.swarm.driver;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Completes the futures that hosts and plugins are given. What these hang on a future runs here and nowhere else, where it may block, and holds up
 * neither the node nor what hangs on another future. Safe for many threads.
 *
 * <p>What is told may wait for another future of the node, which takes a teller as well: nothing that is told may wait for a thread. A
 * {@link java.util.concurrent.ForkJoinPool} makes up for threads that wait for futures, but lets the spare one end while those wait, and then has
 * nobody to tell them.
 */
final class Tellers {

    /** Tellers at once, some tens of kilobytes each. As many that wait for each other's futures would wait for ever. */
    private static final int MOST = 1_024;

    private static final long IDLE_MILLIS = 500;

    private final ExecutorService pool = new IdleFirstPool(MOST, IDLE_MILLIS, new NamedThreads("swarm-teller"));

    /** For what is told when the tellers have been ended. */
    private final NamedThreads late = new NamedThreads("swarm-teller-late");

    private final Set<Telling> untold = ConcurrentHashMap.newKeySet();
    private final Set<Thread> telling = ConcurrentHashMap.newKeySet();

    /** What one future has come to. */
    private final class Telling implements Runnable {

        private final Runnable action;

        Telling(Runnable action) {
            this.action = action;
        }

        @Override
        public void run() {
            if (untold.remove(this)) {
                telling.add(Thread.currentThread());
                try {
                    action.run();
                } finally {
                    telling.remove(Thread.currentThread());
                }
            }
        }
    }

    /**
     * A future of the caller's own, which ends as {@code source} does, told by a teller; at once if that has ended. A failure is told as it is,
     * not as its cause.
     */
    <T extends @Nullable Object> CompletableFuture<T> told(CompletableFuture<T> source) {
        CompletableFuture<T> told = new CompletableFuture<>();
        if (source.isDone()) {
            settle(source, told);
        } else {
            var unused = source.whenComplete((value, failure) -> tell(() -> settle(source, told)));
        }
        return told;
    }

    private static <T extends @Nullable Object> void settle(CompletableFuture<T> source, CompletableFuture<T> told) {
        var unused = source.whenComplete((value, failure) -> {
            if (failure == null) {
                told.complete(value);
            } else {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : null;
                told.completeExceptionally(cause == null ? failure : cause);
            }
        });
    }

    private void tell(Runnable action) {
        Telling next = new Telling(action);
        untold.add(next);
        try {
            pool.execute(next);
        } catch (RejectedExecutionException e) {
            late.newThread(next).start();
        }
    }

    /**
     * Tells what is still to be told and ends the threads; those that block for longer than {@code most} are interrupted. Called by a teller, it
     * returns at once. What comes later is told on a thread of its own.
     */
    void close(Duration most) {
        pool.shutdown();
        if (telling.contains(Thread.currentThread())) {
            return;
        }
        try {
            pool.awaitTermination(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pool.shutdownNow();
        untold.forEach(left -> late.newThread(left).start());
    }
}
