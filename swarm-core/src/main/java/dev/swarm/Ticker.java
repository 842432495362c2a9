package dev.swarm;

/** Monotonic time for timeouts and rates. */
@FunctionalInterface
public interface Ticker {

    /** Nanoseconds since some fixed but arbitrary moment; never goes back. */
    long nanoTime();
}
