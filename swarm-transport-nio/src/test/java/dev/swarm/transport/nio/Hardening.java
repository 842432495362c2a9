package dev.swarm.transport.nio;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * How much the tests do that have a short and a long form.
 *
 * <p>Set by {@code -Dswarm.hardening=}: {@code short} takes two minutes in all, {@code full}, the default of the Maven profile
 * {@code hardening}, an hour. Without either they do as much as fits an ordinary build. Stateless.
 */
enum Hardening {
    OFF,
    SHORT,
    FULL;

    static Hardening level() {
        String ordinary = System.getProperty("swarm.hardening.default", "off");
        return valueOf(System.getProperty("swarm.hardening", ordinary).toUpperCase(Locale.ROOT));
    }

    /** The amount for this run. */
    static int pick(int ordinary, int brief, int full) {
        return switch (level()) {
            case OFF -> ordinary;
            case SHORT -> brief;
            case FULL -> full;
        };
    }

    /** The seed of this run: the one of {@code -Dswarm.seed=}, or else {@code ordinary}. */
    static long seed(long ordinary) {
        return Long.getLong("swarm.seed", ordinary);
    }

    /** Waits until {@code condition} holds; answers whether it did within {@code limit}. */
    static boolean await(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        boolean held = condition.getAsBoolean();
        while (!held && System.nanoTime() < end) {
            pause(Duration.ofMillis(20));
            held = condition.getAsBoolean();
        }
        return held;
    }

    /** Lets time pass that is to be measured. */
    static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, TimeUnit.SECONDS.toNanos(1)));
        }
    }
}
