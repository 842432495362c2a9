package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The end of a node. What is asked of it from then on fails because it is closed, whatever it was that it found gone; so does what was under way.
 * Safe for many threads.
 */
final class Lifetime {

    /** A node that closes has ended by then. What each step may take comes to more than that, so that one that needs it gets it. */
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

    private final Ticker ticker;
    private final AtomicBoolean closing = new AtomicBoolean();

    /** By the ticker; of who began the end alone. */
    private long begunAt;

    private final CompletableFuture<@Nullable Void> over = new CompletableFuture<>();

    Lifetime(Ticker ticker) {
        this.ticker = ticker;
    }

    /** What uses the disk. */
    @FunctionalInterface
    interface DiskUse<T> {

        /** Does it. */
        T get() throws IOException;
    }

    /** What whoever asks a closed node hears. */
    static SwarmException closed() {
        return closed(null);
    }

    private static SwarmException closed(@Nullable Exception cause) {
        return new SwarmException(Reason.CLOSED, "the node is closed", cause);
    }

    /** Begins the end; whether nobody did before. */
    boolean begin() {
        boolean first = closing.compareAndSet(false, true);
        if (first) {
            begunAt = ticker.nanoTime();
        }
        return first;
    }

    /** What a step of the end may take: {@code most}, or what is left of the time for all of them. For who began it. */
    Duration left(Duration most) {
        Duration left = CLOSE_LIMIT.minusNanos(ticker.nanoTime() - begunAt);
        if (left.isNegative()) {
            return Duration.ZERO;
        }
        return left.compareTo(most) < 0 ? left : most;
    }

    /** The node has ended. */
    void end() {
        over.complete(null);
    }

    /** Waits until the node has ended, for as long as that may take. */
    void awaitEnd() {
        Waiting.forEnd(over, CLOSE_LIMIT);
    }

    boolean isOpen() {
        return !closing.get();
    }

    /** Throws what {@link #closed} gives once the end has begun. */
    void requireOpen() {
        if (!isOpen()) {
            throw closed();
        }
    }

    /** Uses the disk, unless the end has begun; what fails for want of the store, which was closed meanwhile, is told as that. */
    <T> T onDisk(DiskUse<T> use) throws IOException {
        requireOpen();
        try {
            return use.get();
        } catch (IOException e) {
            if (!isOpen()) {
                throw closed(e);
            }
            throw e;
        } catch (SwarmException e) {
            throw isOpen() || e.reason() != Reason.STORAGE ? e : closed(e);
        }
    }
}
