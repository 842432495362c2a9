package dev.swarm.driver;

import dev.swarm.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that a node's decisions are made on. Runs what it is handed in batches, then lets the machine act, then sleeps
 * until there is more or the machine wants to be woken.
 */
final class NodeLoop implements Executor {

    private static final Logger log = LoggerFactory.getLogger(NodeLoop.class);

    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Ticker ticker;
    private final Turn turn;
    private final Thread thread;
    private final PriorityQueue<Later> later = new PriorityQueue<>();
    private volatile boolean stopped;

    /** A task for a later moment; on the loop only. */
    private record Later(long at, Runnable task) implements Comparable<Later> {

        @Override
        public int compareTo(Later other) {
            return Long.compare(at - other.at, 0);
        }
    }

    /** What the loop does after each batch. */
    interface Turn {

        /** Acts; returns the moment, by the ticker, at which to act again at the latest. */
        long run();
    }

    NodeLoop(ThreadFactory threads, Ticker ticker, Turn turn) {
        this.ticker = ticker;
        this.turn = turn;
        this.thread = threads.newThread(this::loop);
    }

    void start() {
        thread.start();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** Runs {@code task} on the loop once that time has passed, unless the loop has stopped by then. */
    void after(long nanos, Runnable task) {
        long at = ticker.nanoTime() + Math.max(0, nanos);
        execute(() -> later.add(new Later(at, task)));
    }

    /** Runs the tasks whose time has come; returns when the next one's comes, at {@code latest} at the latest. */
    private long runDue(long latest) {
        long now = ticker.nanoTime();
        for (Later next = later.peek(); next != null; next = later.peek()) {
            if (next.at - now > 0) {
                return next.at - latest < 0 ? next.at : latest;
            }
            later.remove();
            runGuarded(next.task);
        }
        return latest;
    }

    /**
     * Runs {@code question} on the loop, at once if that is the calling thread; the future is completed there, or fails if the loop has
     * stopped.
     */
    <T> CompletableFuture<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Runnable task = () -> {
            try {
                answer.complete(question.get());
            } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
            }
        };
        if (isCurrent()) {
            task.run();
            return answer;
        }
        execute(task);
        if (stopped) {
            answer.completeExceptionally(Lifetime.closed());
        }
        return answer;
    }

    /** Whether the calling thread is the loop's. */
    boolean isCurrent() {
        return Thread.currentThread().equals(thread);
    }

    /** Ends the loop after the batch it is in and waits for that, at most that long, unless called from the loop or interrupted. */
    void stop(Duration most) {
        stopped = true;
        tasks.add(() -> {});
        if (!isCurrent()) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, most.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void loop() {
        List<Runnable> batch = new ArrayList<>();
        long wakeAt = ticker.nanoTime();
        while (!stopped) {
            try {
                Runnable first = tasks.poll(Math.max(0, wakeAt - ticker.nanoTime()), TimeUnit.NANOSECONDS);
                if (first != null) {
                    batch.add(first);
                    tasks.drainTo(batch);
                    batch.forEach(NodeLoop::runGuarded);
                    batch.clear();
                }
                wakeAt = runDue(turn.run());
            } catch (InterruptedException e) {
                stopped = true;
            } catch (RuntimeException | Error e) {
                log.error("a turn of the node failed; going on with the next", e);
                wakeAt = ticker.nanoTime() + TimeUnit.SECONDS.toNanos(1);
            }
        }
        tasks.forEach(NodeLoop::runGuarded);
    }

    private static void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            log.error("an event of the node failed; going on with the next", e);
        }
    }
}
