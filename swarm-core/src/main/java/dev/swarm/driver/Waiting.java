package dev.swarm.driver;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what ends in a while. Stateless. */
final class Waiting {

    private Waiting() {}

    /** Whether something ended in time. A thread that is interrupted waits no longer, and stays interrupted. */
    static boolean forEnd(CompletableFuture<?> end, Duration most) {
        try {
            end.get(most.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
