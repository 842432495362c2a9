package dev.swarm.benchmarks.designs;

import dev.swarm.peer.PeerAddress;
import dev.swarm.sim.Distribution;
import dev.swarm.sim.SimulatedNetwork;
import dev.swarm.sim.VirtualTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Nodes on the lines of our own simulation, and what each has by now, in parcels. Confined to one thread. */
public final class Lines {

    /** What is sent at a time: one of our leaves. */
    static final int PARCEL_BYTES = 64 * 1024;

    private static final long LATENCY_NANOS = 1_000_000;

    /** Parcels on their way between two nodes: four times what a line carries in a round trip. */
    private static final int WINDOW = 4;

    private static final int REQUEST_BYTES = 100;
    private static final int STEPS_BETWEEN_LOOKS = 10_000;

    private final VirtualTime time;
    private final SimulatedNetwork network;
    private final List<PeerAddress> addresses = new ArrayList<>();
    private final int parcels;
    private final int[] held;
    private final List<Double> finished = new ArrayList<>();
    private long duplicates;

    private Lines(long seed, int nodes, long bytes) {
        this.time = new VirtualTime(seed);
        this.network = new SimulatedNetwork(time, LATENCY_NANOS);
        this.parcels = Math.toIntExact(Math.max(1, bytes / PARCEL_BYTES));
        this.held = new int[nodes];
        for (int i = 0; i < nodes; i++) {
            addresses.add(PeerAddress.parse("10.0." + i / 250 + "." + (1 + i % 250) + ":1531"));
            network.attach(addresses.get(i), Distribution.RATE);
        }
        held[0] = parcels;
    }

    /**
     * Has a design bring a blob from the first node to all others.
     *
     * @param outOfTime asked now and then whether to give up; the outcome is not complete then
     */
    public static Distribution.Outcome run(Design design, long seed, int nodes, long bytes, BooleanSupplier outOfTime) {
        Lines lines = new Lines(seed, nodes, bytes);
        design.start(lines);
        boolean more = true;
        while (more && lines.finished.size() < nodes - 1) {
            for (int i = 0; i < STEPS_BETWEEN_LOOKS && more && lines.finished.size() < nodes - 1; i++) {
                more = lines.time.step(Long.MAX_VALUE);
            }
            more &= !outOfTime.getAsBoolean();
        }
        long needed = (nodes - 1L) * lines.parcels;
        return new Distribution.Outcome(
                List.copyOf(lines.finished),
                lines.finished.size() == nodes - 1,
                Distribution.bound(nodes - 1, bytes, Distribution.RATE),
                lines.network.sentBytes(lines.addresses.get(0)) / (double) bytes,
                lines.duplicates / (double) needed,
                0,
                0,
                null);
    }

    int nodes() {
        return held.length;
    }

    int parcels() {
        return parcels;
    }

    VirtualTime time() {
        return time;
    }

    boolean isFull(int node) {
        return held[node] == parcels;
    }

    /** A node has so many parcels more. */
    void took(int node, int count) {
        held[node] += count;
        if (held[node] == parcels) {
            finished.add(time.now() / 1e9);
        }
    }

    /** So many parcels came for nothing. */
    void wasted(int count) {
        duplicates += count;
    }

    /** Sends one parcel. */
    void send(int from, int to, Runnable arrived) {
        network.send(addresses.get(from), addresses.get(to), PARCEL_BYTES, arrived, arrived);
    }

    /** Sends a message that is small. */
    void ask(int from, int to, Runnable arrived) {
        network.send(addresses.get(from), addresses.get(to), REQUEST_BYTES, arrived, arrived);
    }

    /** Sends parcels one after the other, a few at a time, for as long as they are wanted. */
    void stream(int from, int to, int count, BooleanSupplier wanted, Runnable each) {
        int[] left = {count};
        Runnable[] next = new Runnable[1];
        next[0] = () -> {
            if (left[0] > 0 && wanted.getAsBoolean()) {
                left[0]--;
                send(from, to, () -> {
                    each.run();
                    next[0].run();
                });
            }
        };
        for (int i = 0; i < WINDOW; i++) {
            next[0].run();
        }
    }

    /** All numbers below a bound in random order. */
    int[] shuffled(int bound) {
        int[] order = new int[bound];
        Arrays.setAll(order, i -> i);
        for (int i = bound - 1; i > 0; i--) {
            int other = time.random().nextInt(i + 1);
            int kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        return order;
    }
}
