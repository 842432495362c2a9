package dev.swarm.sim;

import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One queue of events, one clock, one source of randomness: the same seed gives the same run on every machine.
 *
 * <p>Ten thousand nodes have a million events to come. Those of the present slot of time are kept in order; those of the next
 * slots in a list for each slot, put in order when its time comes (Brown, "Calendar queues", 1988); those beyond in order again.
 */
public final class VirtualTime {

    /** A slot of 2^16 ns, in which ten thousand busy nodes have a thousand events; the lists reach 270 ms ahead. */
    private static final int SLOT_BITS = 16;

    private static final int SLOTS = 1 << 12;

    /** More than any fleet here causes in one moment. */
    private static final int MAX_EVENTS_AT_ONCE = 100_000;

    private final PriorityQueue<Event> due = new PriorityQueue<>();
    private final @Nullable Event[] slots = new Event[SLOTS];
    private final PriorityQueue<Event> beyond = new PriorityQueue<>();
    private long slot;
    private int inSlots;
    private final RandomGenerator random;
    private final CRC32 trace = new CRC32();
    private long leafTrace;
    private long now;
    private long sequence;
    private int eventsNow;

    private static final class Event implements Comparable<Event> {
        private final long at;
        private final long sequence;
        private final Runnable action;
        private @Nullable Event next;

        Event(long at, long sequence, Runnable action) {
            this.at = at;
            this.sequence = sequence;
            this.action = action;
        }

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
        Event event = new Event(Math.max(now, moment), sequence++, action);
        long its = event.at >> SLOT_BITS;
        if (its <= slot) {
            due.add(event);
        } else if (its - slot < SLOTS) {
            keep(event, its);
        } else {
            beyond.add(event);
        }
    }

    private void keep(Event event, long its) {
        int index = (int) (its & (SLOTS - 1));
        event.next = slots[index];
        slots[index] = event;
        inSlots++;
    }

    /** The next event; null if there is none. */
    private @Nullable Event next() {
        while (due.isEmpty()) {
            Event first = beyond.peek();
            if (inSlots > 0) {
                slot++;
            } else if (first != null) {
                slot = first.at >> SLOT_BITS;
            } else {
                return null;
            }
            for (; first != null && (first.at >> SLOT_BITS) - slot < SLOTS; first = beyond.peek()) {
                keep(beyond.remove(), first.at >> SLOT_BITS);
            }
            int index = (int) (slot & (SLOTS - 1));
            Event event = slots[index];
            slots[index] = null;
            while (event != null) {
                Event following = event.next;
                event.next = null;
                due.add(event);
                inSlots--;
                event = following;
            }
        }
        return due.peek();
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

    /** The same for a fact of which there are many: a leaf came to a node, each given by its number. */
    void traceLeaf(int node, int leaf) {
        long mixed = (leafTrace ^ now) * 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 29) ^ ((long) node << Integer.SIZE) ^ leaf) * 0xbf58476d1ce4e5b9L;
        leafTrace = mixed ^ (mixed >>> 32);
    }

    long traceHash() {
        return trace.getValue() ^ (leafTrace & 0xffff_ffffL) ^ (leafTrace >>> Integer.SIZE);
    }

    /** Runs the next event, if it lies before the end; whether there was one. */
    public boolean step(long end) {
        Event next = next();
        if (next == null || next.at > end) {
            now = end;
            return false;
        }
        due.remove();
        eventsNow = next.at == now ? eventsNow + 1 : 0;
        if (eventsNow > MAX_EVENTS_AT_ONCE) {
            throw new AssertionError(
                    "time stands still at " + now + " ns: some node wants to be woken at once for ever");
        }
        now = next.at;
        next.action.run();
        return true;
    }
}
