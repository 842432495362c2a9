package dev.swarm.node;

import dev.swarm.node.TransferPace.Bound;
import org.jspecify.annotations.Nullable;

/**
 * Divides the time of one run of a transfer by what it waited for. Confined.
 *
 * <p>Time during which something came is kept by the rate of that moment, because how it compares with the best rate is only
 * known at the end: a node's first transfer sets that itself.
 */
final class PaceMeter {

    /** Steps of the rates that are told apart, each so many times the one before. */
    private static final double STEP = 1.05;

    private static final double LOG_OF_STEP = Math.log(STEP);

    /** Enough for 80 GB/s. */
    private static final int STEPS = 512;

    /** From this share of the best rate on, the line of this node is what bounds a transfer. */
    private static final double NEAR_BEST = 0.9;

    private final Downlink downlink;
    /** By step, from {@link #lowestStep} to the highest there was: a small blob knows one or two, and many are received at once. */
    private long[] nanosAtRate = {};

    private int lowestStep;

    /** While requests were open, whether something came or not. */
    private long askedNanos;

    private long seederNanos;
    private long diskNanos;
    private long received;
    private long sampledAt;
    private @Nullable State state;

    /** What a run does at a moment. */
    enum State {
        /** No request is open. */
        IDLE,
        /** Some are. */
        ASKED,
        /** What came waits to be written. */
        WRITING
    }

    PaceMeter(Downlink downlink, long now) {
        this.downlink = downlink;
        this.sampledAt = now;
        this.state = State.IDLE;
    }

    /** Bytes came in and were stored; {@code fresh} if they were missing before. */
    void arrived(long bytes, boolean fresh, long now) {
        downlink.arrived(bytes, now);
        received += fresh ? bytes : 0;
    }

    /** From here on, until the next call, the run does this; null if it is over. */
    void sample(@Nullable State now, long nanos) {
        settle(nanos);
        state = now;
    }

    /** The run is over, at a moment that nobody knows. */
    void stop() {
        state = null;
    }

    TransferPace pace(long now, long duplicateBytes) {
        settle(now);
        long total = seederNanos + diskNanos + askedNanos;
        double average = total == 0 ? 0 : received * 1e9 / total;
        double best = Math.max((double) downlink.best(), average);
        double ratio = received == 0 ? 0 : Math.max(1, total / 1e9 * best / received);
        return new TransferPace(ratio, total == 0 ? null : bound(best, total), duplicateBytes);
    }

    private Bound bound(double best, long total) {
        long atBest = 0;
        int nearBest = Math.max(1, stepOf(NEAR_BEST * best)) - lowestStep;
        for (int i = Math.max(0, nearBest); i < nanosAtRate.length; i++) {
            atBest += nanosAtRate[i];
        }
        long atPeers = total - seederNanos - diskNanos - atBest;
        Bound bound = Bound.PEERS;
        long most = atPeers;
        if (atBest > most) {
            bound = Bound.DOWNLINK;
            most = atBest;
        }
        if (seederNanos > most) {
            bound = Bound.SEEDER;
            most = seederNanos;
        }
        return diskNanos > most ? Bound.DISK : bound;
    }

    private void settle(long now) {
        State current = state;
        long nanos = Math.max(0, now - sampledAt);
        sampledAt = now;
        if (current != null) {
            switch (current) {
                case IDLE -> seederNanos += nanos;
                case WRITING -> diskNanos += nanos;
                case ASKED -> settleAsked(nanos, stepOf(downlink.rate(now)));
            }
        }
    }

    private void settleAsked(long nanos, int step) {
        askedNanos += nanos;
        if (step > 0) {
            cover(step);
            nanosAtRate[step - lowestStep] += nanos;
        }
    }

    private void cover(int step) {
        int length = nanosAtRate.length;
        if (length == 0) {
            lowestStep = step;
        }
        int from = Math.min(lowestStep, step);
        int to = Math.max(lowestStep + length, step + 1);
        if (to - from > length) {
            long[] wider = new long[to - from];
            System.arraycopy(nanosAtRate, 0, wider, lowestStep - from, length);
            nanosAtRate = wider;
            lowestStep = from;
        }
    }

    private static int stepOf(double rate) {
        return rate <= 1 ? 0 : (int) Math.min(STEPS - 1, Math.log(rate) / LOG_OF_STEP);
    }
}
