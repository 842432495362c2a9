package dev.swarm.examples.admin;

import dev.swarm.NodeStatus;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether a node answers, in bounded time and with one thread at most however often it is asked. Safe for many threads. */
final class NodePulse {

    /** A node whose decisions take this long serves nobody. */
    private static final long PATIENCE_SECONDS = 5;

    private final Supplier<NodeStatus> source;
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by lock; the question that is under way, which the next asker shares. */
    private @Nullable CompletableFuture<NodeStatus> asked;

    NodePulse(Supplier<NodeStatus> source) {
        this.source = source;
    }

    /** 200 while the node makes decisions, else 503. */
    Answer live() {
        NodeStatus status = ask();
        return status == null ? Answer.text(503, "the node does not answer\n") : Answer.text(200, "live\n");
    }

    /** 200 while the node makes decisions, can keep what it receives and has a subsystem open, else 503. */
    Answer ready() {
        NodeStatus status = ask();
        if (status == null) {
            return Answer.text(503, "the node does not answer\n");
        }
        String problem = status.storeProblem();
        if (problem != null) {
            return Answer.text(503, problem + "\n");
        }
        return status.gates().containsValue(true)
                ? Answer.text(200, "ready\n")
                : Answer.text(503, "no subsystem is open for " + status.host() + "\n");
    }

    private @Nullable NodeStatus ask() {
        try {
            return question().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (ExecutionException | TimeoutException e) {
            return null;
        }
    }

    private CompletableFuture<NodeStatus> question() {
        lock.lock();
        try {
            CompletableFuture<NodeStatus> running = asked;
            if (running == null || running.isDone()) {
                running = CompletableFuture.supplyAsync(source, NodePulse::start);
                asked = running;
            }
            return running;
        } finally {
            lock.unlock();
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "swarm-admin-pulse");
        thread.setDaemon(true);
        thread.start();
    }
}
