package dev.swarm.schedule;

import java.util.List;

/** How many bytes may be on their way from all sources of a blob together. Confined. */
final class FlightLimit {

    /** Asked for at once from all peers together until it is known how fast the own line is. */
    private static final long FIRST_BYTES = 2L << 20;

    /** Later as much as came in such a time: more would only wait in queues on the way, and every peer would seem slow. */
    private static final double SECONDS = 0.12;

    /** But what came in so many round trips at least, so that it doubles with each until the line is full. */
    private static final double ROUND_TRIPS = 2;

    private final Arrivals arrivals = new Arrivals((long) (SECONDS * 1e9));
    private double longestRoundTrip;
    private boolean roundTripsChanged;

    void arrived(int bytes, long now) {
        arrivals.add(bytes, now);
    }

    /** A source came, went, or is nearer or further away than before. */
    void roundTripsChanged() {
        roundTripsChanged = true;
    }

    long bytes(List<Source> sources, long now) {
        if (roundTripsChanged) {
            roundTripsChanged = false;
            longestRoundTrip = 0;
            for (Source source : sources) {
                longestRoundTrip = Math.max(longestRoundTrip, source.roundTripNanos() / 1e9);
            }
        }
        double times = Math.max(1, ROUND_TRIPS * longestRoundTrip / SECONDS);
        return Math.max(FIRST_BYTES, (long) (arrivals.within(now) * times));
    }
}
