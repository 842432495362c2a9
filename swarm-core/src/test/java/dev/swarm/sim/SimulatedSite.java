package dev.swarm.sim;

import dev.swarm.sim.SimulatedLink.Parcel;
import org.jspecify.annotations.Nullable;

/** Nodes behind one line to all other sites, whose router queues what the line cannot take. */
final class SimulatedSite {

    /** What lies between any two sites, one way. */
    private static final long FAR_NANOS = 20_000_000;

    private static final long DOOR_BYTES_PER_SECOND = 100_000_000_000L;

    private final SimulatedLink line;
    private final SimulatedLink door;
    private long bytesIn;

    SimulatedSite(VirtualTime time, long bytesPerSecond) {
        this.line = new SimulatedLink(time, bytesPerSecond / 1e9);
        this.door = new SimulatedLink(time, DOOR_BYTES_PER_SECOND / 1e9);
    }

    /** What came in over the line so far. */
    long bytesIn() {
        return bytesIn;
    }

    /** Carries a parcel from a node of this site to its target at another. */
    void send(SimulatedLink source, SimulatedSite there, Parcel parcel) {
        long bytes = parcel.bytes();
        Parcel in = Parcel.of(parcel.target(), bytes, parcel.late(), true, () -> true, parcel::arrived);
        Parcel between = Parcel.of(there.line, bytes, FAR_NANOS, true, () -> true, () -> {
            there.bytesIn += bytes;
            there.door.send(in);
        });
        source.send(Parcel.of(door, bytes, 0, true, parcel::isWanted, () -> line.send(between)));
    }

    /** What a message takes to another site and back, beside what it takes within one. */
    static long detourNanos(@Nullable SimulatedSite here, @Nullable SimulatedSite there) {
        return here == there ? 0 : 2 * FAR_NANOS;
    }
}
