package dev.swarm.node;

import java.util.Arrays;

/** How fast bytes come in on this node, of all transfers together. Confined. */
final class Downlink {

    private static final int SLOTS = 10;
    private static final long SLOT_NANOS = 100_000_000L;

    private final long[] bytes = new long[SLOTS];
    private long slot = Long.MIN_VALUE;
    private long sum;
    private long best;
    private long busySince;

    void arrived(long count, long now) {
        moveTo(now);
        if (sum == 0) {
            busySince = now;
        }
        bytes[Math.floorMod(slot, SLOTS)] += count;
        sum += count;
        best = Math.max(best, sum);
    }

    /** Bytes a second over the last second, or since they began to come if that is less. */
    double rate(long now) {
        moveTo(now);
        long from = Math.max(busySince, (slot - SLOTS + 1) * SLOT_NANOS);
        return sum * 1e9 / Math.max(SLOT_NANOS, now - from);
    }

    /** The most bytes that came in any second. */
    long best() {
        return best;
    }

    private void moveTo(long now) {
        long current = Math.floorDiv(now, SLOT_NANOS);
        if (slot == Long.MIN_VALUE || current - slot >= SLOTS) {
            Arrays.fill(bytes, 0);
            sum = 0;
            slot = current;
        }
        while (slot < current) {
            slot++;
            int index = Math.floorMod(slot, SLOTS);
            sum -= bytes[index];
            bytes[index] = 0;
        }
    }
}
