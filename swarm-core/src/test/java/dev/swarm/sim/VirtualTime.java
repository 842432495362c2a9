package dev.swarm.sim;

import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.CRC32;

/** One queue of events, one clock, one source of randomness: the same seed gives the same run on every machine. */
public final class VirtualTime {

    /** More than any fleet here causes in one moment. */
    private static final int MAX_EVENTS_AT_ONCE = 100_000;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final RandomGenerator random;
    private final CRC32 trace = new CRC32();
    private long now;
    private long sequence;
    private int eventsNow;

    private record Event(long at, long sequence, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    /** Time at zero. */
    public VirtualTime(long seed) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /** Nanoseconds since the start. */
    public long now() {
        return now;
    }

    /** The one source of randomness. */
    public RandomGenerator random() {
        return random;
    }

    /** Runs an action at a moment, at once if that is past. */
    public void at(long moment, Runnable action) {
        events.add(new Event(Math.max(now, moment), sequence++, action));
    }

    /** Runs an action after so many nanoseconds. */
    public void after(long delay, Runnable action) {
        at(now + delay, action);
    }

    /** Adds a fact to the trace, whose hash tells whether two runs were the same. */
    void trace(String fact) {
        for (int i = 0; i < fact.length(); i++) {
            trace.update(fact.charAt(i));
        }
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            trace.update((int) (now >>> shift));
        }
    }

    long traceHash() {
        return trace.getValue();
    }

    /** Runs the next event, if it lies before the end; whether there was one. */
    public boolean step(long end) {
        Event next = events.peek();
        if (next == null || next.at() > end) {
            now = end;
            return false;
        }
        events.remove();
        eventsNow = next.at() == now ? eventsNow + 1 : 0;
        if (eventsNow > MAX_EVENTS_AT_ONCE) {
            throw new AssertionError(
                    "time stands still at " + now + " ns: some node wants to be woken at once for ever");
        }
        now = next.at();
        next.action().run();
        return true;
    }
}
