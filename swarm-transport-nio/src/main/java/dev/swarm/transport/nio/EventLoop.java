package dev.swarm.transport.nio;

import dev.swarm.Ticker;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits on a selector and runs what is ready, what was handed in, and what is due.
 *
 * <p>An idle loop sleeps until its next deadline, or for good if there is none. {@link #execute} is safe for many threads;
 * the rest is confined to the loop.
 */
final class EventLoop implements Loop, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EventLoop.class);

    /**
     * On a slow line bytes come by the packet, and a turn for each costs more than what is done with it. Turns that find so
     * little on each socket, several in a row, are therefore put off for a moment in which more comes: at 200 Mbit/s that saves
     * nine wake-ups in ten. A socket whose buffer fills up in that time, on a fast line, is not what is meant.
     */
    private static final int TRICKLE_MIN_BYTES = 1024;

    private static final int TRICKLE_MAX_BYTES = 24 * 1024;
    private static final int TRICKLING_TURNS = 4;
    private static final long PUT_OFF_NANOS = 1_000_000L;

    private final Selector selector;
    private final Ticker ticker;
    private final Thread thread;
    private final BufferPool buffers = new BufferPool();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final PriorityQueue<Deadline> deadlines = new PriorityQueue<>();
    private volatile boolean stopping;
    private long bytesRead;
    private int trickling;

    EventLoop(String name, ThreadFactory threads, Ticker ticker) throws IOException {
        this.ticker = ticker;
        this.selector = Selector.open();
        this.thread = threads.newThread(this::run);
        thread.setName(name);
        thread.start();
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (!inLoop() && woken.compareAndSet(false, true)) {
            selector.wakeup();
        }
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread().equals(thread);
    }

    @Override
    public long now() {
        return ticker.nanoTime();
    }

    @Override
    public BufferPool buffers() {
        assert inLoop();
        return buffers;
    }

    /** Watches a channel, for nothing at first. */
    SelectionKey register(SelectableChannel channel, Ready ready) throws IOException {
        assert inLoop();
        channel.configureBlocking(false);
        return channel.register(selector, 0, ready);
    }

    @Override
    public void schedule(Deadline deadline, long nanoTime) {
        assert inLoop();
        if (deadline.set(nanoTime)) {
            unqueue(deadline);
            deadline.enterQueue();
            deadlines.add(deadline);
        }
    }

    @Override
    public void forget(Deadline deadline) {
        assert inLoop();
        deadline.cancel();
        unqueue(deadline);
    }

    /** Cuts every channel and ends the thread. What was handed in before still runs. */
    @Override
    public void close() {
        stopping = true;
        selector.wakeup();
    }

    /** Waits for the thread to end; returns at once on the loop itself. */
    void join(long nanos) throws InterruptedException {
        if (!inLoop()) {
            TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
        }
    }

    private void run() {
        try {
            while (!stopping) {
                turn();
            }
            for (SelectionKey key : List.copyOf(selector.keys())) {
                cut(key, new IOException("transport closed"));
            }
            while (!tasks.isEmpty()) {
                runTasks();
            }
            selector.close();
        } catch (IOException e) {
            log.warn("event loop ended: {}", e.getMessage(), e);
        }
    }

    @Override
    public void noteRead(int bytes) {
        bytesRead += bytes;
    }

    private void turn() throws IOException {
        if (trickling >= TRICKLING_TURNS && tasks.isEmpty()) {
            LockSupport.parkNanos(this, PUT_OFF_NANOS);
        }
        bytesRead = 0;
        int ready = select();
        boolean trickles = ready > 0
                && bytesRead >= (long) TRICKLE_MIN_BYTES * ready
                && bytesRead < (long) TRICKLE_MAX_BYTES * ready;
        trickling = trickles ? trickling + 1 : ready > 0 ? 0 : trickling;
        runTasks();
        runDeadlines();
    }

    private int select() throws IOException {
        woken.set(false);
        long wait = tasks.isEmpty() ? millisToDeadline() : 0;
        if (stopping || wait == 0) {
            return selector.selectNow(EventLoop::dispatch);
        }
        return wait < 0 ? selector.select(EventLoop::dispatch) : selector.select(EventLoop::dispatch, wait);
    }

    /** Milliseconds to the next deadline, rounded up so that it is due then; negative if there is none. */
    private long millisToDeadline() {
        Deadline next = deadlines.peek();
        if (next == null) {
            return -1;
        }
        long nanos = next.queuedFor() - now();
        return nanos <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
    }

    private static void dispatch(SelectionKey key) {
        Ready ready = (Ready) key.attachment();
        try {
            ready.ready();
        } catch (RuntimeException e) {
            if (!(e instanceof CancelledKeyException)) {
                log.warn("connection cut after an internal failure", e);
            }
            cut(key, e);
        }
    }

    private static void cut(SelectionKey key, Throwable cause) {
        try {
            ((Ready) key.attachment()).cut(cause);
        } catch (RuntimeException e) {
            log.warn("connection could not be closed in order", e);
        }
    }

    private void runTasks() {
        // As many as there are at the start, so that tasks which hand in tasks leave the sockets their turn.
        for (int left = tasks.size(); left > 0; left--) {
            Runnable task = tasks.poll();
            if (task != null) {
                runGuarded(task);
            }
        }
    }

    private void runDeadlines() {
        long now = now();
        Deadline next = deadlines.peek();
        while (next != null && next.queuedFor() - now <= 0) {
            unqueue(next);
            if (next.isDue(now)) {
                runGuarded(next::run);
            } else if (next.isArmed()) {
                next.enterQueue();
                deadlines.add(next);
            }
            next = deadlines.peek();
        }
    }

    private void unqueue(Deadline deadline) {
        if (deadline.isQueued()) {
            deadlines.remove(deadline);
            deadline.leaveQueue();
        }
    }

    private static void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            log.warn("internal failure in an event loop", e);
        }
    }
}
