package dev.swarm.schedule;

import java.util.Arrays;

/** How many bytes came in within a time that has just passed, in steps of an eighth of it. Confined. */
final class Arrivals {

    private static final int STEPS = 8;

    private final long stepNanos;
    private final long[] bytes = new long[STEPS];
    private long step = Long.MIN_VALUE;
    private long sum;

    /** Arrivals within so many nanoseconds. */
    Arrivals(long nanos) {
        this.stepNanos = nanos / STEPS;
    }

    void add(long count, long now) {
        moveTo(now);
        bytes[Math.floorMod(step, STEPS)] += count;
        sum += count;
    }

    long within(long now) {
        moveTo(now);
        return sum;
    }

    private void moveTo(long now) {
        long current = Math.floorDiv(now, stepNanos);
        if (step == Long.MIN_VALUE || current - step >= STEPS) {
            Arrays.fill(bytes, 0);
            sum = 0;
            step = current;
        }
        while (step < current) {
            step++;
            int index = Math.floorMod(step, STEPS);
            sum -= bytes[index];
            bytes[index] = 0;
        }
    }
}
