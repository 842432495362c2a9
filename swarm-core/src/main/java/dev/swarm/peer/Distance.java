package dev.swarm.peer;

/** Who is far away: most likely beyond a line that is thinner than those here, and that others who are near share. Pure. */
public final class Distance {

    /** The round trip to who is far exceeds that to the nearest so many times; two hosts of one segment differ by less. */
    private static final long TIMES = 4;

    /**
     * And by so much: a node that has just started on a host with too much to do is slow to see that a connection is open. Of eight
     * nodes on two processors some took others for far away with 10 ms, and the seeder gave a tenth of the blob twice.
     */
    private static final long NANOS = 25_000_000L;

    private Distance() {}

    /** Whether a peer is far away, by its round trip and the shortest to any other, in nanoseconds; 0 if not known, which is near. */
    public static boolean isFar(long roundTripNanos, long nearestNanos) {
        return nearestNanos > 0 && (roundTripNanos - NANOS) / TIMES > nearestNanos;
    }
}
