package dev.swarm.sim;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.CRC32;

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

    private final EventHeap due = new EventHeap();
    private final EventList[] slots = new EventList[SLOTS];
    private final EventHeap beyond = new EventHeap();
    private long slot;
    private int inSlots;
    private final RandomGenerator random;
    private final CRC32 trace = new CRC32();
    private long leafTrace;
    private long now;
    private long sequence;
    private int eventsNow;

    /** Time at zero. */
    public VirtualTime(long seed) {
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        EventList.Pool pool = new EventList.Pool();
        Arrays.setAll(slots, index -> new EventList(pool));
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
        long at = Math.max(now, moment);
        long its = at >> SLOT_BITS;
        if (its <= slot) {
            due.add(at, sequence++, action);
        } else if (its - slot < SLOTS) {
            keep(at, sequence++, action);
        } else {
            beyond.add(at, sequence++, action);
        }
    }

    private void keep(long at, long itsSequence, Runnable action) {
        slots[(int) ((at >> SLOT_BITS) & (SLOTS - 1))].add(at, itsSequence, action);
        inSlots++;
    }

    /** Has the next event first among those that are due; whether there is any. */
    private boolean findNext() {
        while (due.isEmpty()) {
            if (inSlots > 0) {
                slot++;
            } else if (!beyond.isEmpty()) {
                slot = beyond.firstAt() >> SLOT_BITS;
            } else {
                return false;
            }
            while (!beyond.isEmpty() && (beyond.firstAt() >> SLOT_BITS) - slot < SLOTS) {
                keep(beyond.firstAt(), beyond.firstSequence(), beyond.first());
                beyond.removeFirst();
            }
            inSlots -= slots[(int) (slot & (SLOTS - 1))].moveTo(due);
        }
        return true;
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
        if (!findNext() || due.firstAt() > end) {
            now = end;
            return false;
        }
        long at = due.firstAt();
        Runnable action = due.first();
        due.removeFirst();
        eventsNow = at == now ? eventsNow + 1 : 0;
        if (eventsNow > MAX_EVENTS_AT_ONCE) {
            throw new AssertionError(
                    "time stands still at " + now + " ns: some node wants to be woken at once for ever");
        }
        now = at;
        action.run();
        return true;
    }
}
