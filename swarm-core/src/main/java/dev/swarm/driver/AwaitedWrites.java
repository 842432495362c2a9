package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who waits for changes of the manifest to be written. Changes are counted from 1. Safe for many threads. */
final class AwaitedWrites {

    private final Object lock = new Object();

    // Guarded by lock.
    private final List<Waiter> waiting = new ArrayList<>();
    private long written;
    private boolean closed;

    private record Waiter(long change, CompletableFuture<@Nullable Void> answer) {}

    /** What completes once a change is written. */
    CompletableFuture<@Nullable Void> await(long change) {
        CompletableFuture<@Nullable Void> answer = new CompletableFuture<>();
        synchronized (lock) {
            if (!closed && change > written) {
                waiting.add(new Waiter(change, answer));
                return answer;
            }
        }
        if (isClosed()) {
            answer.completeExceptionally(Lifetime.closed());
        } else {
            answer.complete(null);
        }
        return answer;
    }

    /** All changes up to this one are on disk and can be read. */
    void written(long upTo) {
        synchronized (lock) {
            written = Math.max(written, upTo);
        }
        end(upTo, answer -> answer.complete(null));
    }

    /** The changes up to this one that were not written before could not be. */
    void failed(long upTo, IOException why) {
        end(
                upTo,
                answer -> answer.completeExceptionally(new SwarmException(
                        Reason.STORAGE,
                        "the entry is in the manifest, but could not be written to disk: " + why.getMessage()
                                + "; it is lost if the node stops before the disk works again",
                        why)));
    }

    /** Fails those who wait, and who will. */
    void close() {
        synchronized (lock) {
            closed = true;
        }
        end(Long.MAX_VALUE, answer -> answer.completeExceptionally(Lifetime.closed()));
    }

    /** Ends waiting outside of the lock, as those who waited act on this thread. */
    private void end(long upTo, Consumer<CompletableFuture<@Nullable Void>> ending) {
        List<Waiter> over;
        synchronized (lock) {
            over = waiting.stream().filter(waiter -> waiter.change() <= upTo).toList();
            waiting.removeIf(waiter -> waiter.change() <= upTo);
        }
        over.forEach(waiter -> ending.accept(waiter.answer()));
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }
}
