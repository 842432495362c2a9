package dev.swarm;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** The one place where the library reads the machine's clocks and randomness. */
public final class SystemAdapters {

    private SystemAdapters() {}

    /** The machine's monotonic clock. */
    public static Ticker ticker() {
        return System::nanoTime;
    }

    /** The machine's wall clock. */
    public static InstantSource wallClock() {
        return InstantSource.system();
    }

    /** Unpredictable randomness. */
    public static RandomGenerator randomness() {
        return new SecureRandom();
    }
}
