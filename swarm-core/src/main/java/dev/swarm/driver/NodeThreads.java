package dev.swarm.driver;

import dev.swarm.SystemAdapters;
import dev.swarm.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of a node that come and go with work; its loops have their own.
 *
 * @param workers for what may block briefly or compute for long
 * @param plugins for plugins' turns, of which each has one at a time; they wait for locks, disks and publications
 * @param handlers for plugins' handlers, which may block for as long as they like
 * @param store for changes of the local store, most of which wait for the disk
 * @param journal one thread, for writing the manifest: workers and handlers wait for it when they publish
 */
record NodeThreads(
        ExecutorService workers,
        ExecutorService plugins,
        ExecutorService handlers,
        ExecutorService store,
        ExecutorService journal) {

    private static final int MAX_WORKERS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

    /** Turns of plugins at once; a node has fewer of them. */
    private static final int MAX_PLUGINS = 64;

    /** Handlers at once, and requests that wait for one of them; more are answered with 503. */
    private static final int MAX_HANDLERS = 16;

    /** Changes of the store at once: on ext4, 16 threads flush four times as many new files a second as one, and 32 no more. */
    static final int STORE_THREADS = 16;

    private static final int MAX_WAITING_REQUESTS = 64;

    /** Long enough for a thread to live through a transfer, short against a cycle, whose work would otherwise keep threads between cycles. */
    private static final long IDLE_MILLIS = 500;

    /** None yet. The store has one more thread, which flushes what the others have named. */
    static NodeThreads create() {
        return new NodeThreads(
                pool("swarm-worker", MAX_WORKERS),
                pool("swarm-plugin", MAX_PLUGINS),
                boundedPool(),
                pool("swarm-store", STORE_THREADS + 1),
                pool("swarm-journal", 1));
    }

    /** Lets plugins, workers and the journal end what they have, at most that long all together; handlers are interrupted. */
    void finish(Duration grace) {
        handlers.shutdownNow();
        List<ExecutorService> ending = List.of(plugins, workers, store, journal);
        ending.forEach(ExecutorService::shutdown);
        Ticker ticker = SystemAdapters.ticker();
        long until = ticker.nanoTime() + grace.toNanos();
        try {
            for (ExecutorService pool : ending) {
                pool.awaitTermination(until - ticker.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stop();
    }

    /** Ends them at once. Repeated calls do nothing. */
    void stop() {
        handlers.shutdownNow();
        plugins.shutdownNow();
        workers.shutdownNow();
        store.shutdownNow();
        journal.shutdownNow();
    }

    private static ExecutorService pool(String name, int threads) {
        return new IdleFirstPool(threads, IDLE_MILLIS, new NamedThreads(name));
    }

    private static ExecutorService boundedPool() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                MAX_HANDLERS,
                MAX_HANDLERS,
                IDLE_MILLIS,
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(MAX_WAITING_REQUESTS),
                new NamedThreads("swarm-handler"));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
