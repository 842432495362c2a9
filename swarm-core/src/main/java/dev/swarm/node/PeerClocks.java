package dev.swarm.node;

import dev.swarm.peer.PeerId;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How far this node's wall clock is ahead of its peers', by what each told last. Pure and confined.
 *
 * <p>The middle one counts, so that less than half of the peers, wrong or false, cannot make it look wrong. What an answer takes on
 * its way is not allowed for: a clock that is worth a warning is off by seconds.
 */
final class PeerClocks {

    /** What was told longer ago counts no longer: a peer that is there tells its time twice in it. */
    private static final long FRESH_NANOS = 60_000_000_000L;

    private static final int MAX_PEERS = 64;

    /** By peer, who told longest ago first: a reading that is looked up, to be changed, goes to the end. */
    private final Map<PeerId, Reading> readings = new LinkedHashMap<>(16, 0.75f, true);

    private static final class Reading {
        private long theirMillis;
        private long at;

        /** Its clock went on since, and this one's may have been set meanwhile. */
        long aheadMillis(Moment now) {
            return now.epochMillis() - theirMillis - (now.nanos() - at) / 1_000_000;
        }
    }

    /** A peer told its time. */
    void told(PeerId peer, long theirMillis, Moment now) {
        Reading reading = readings.get(peer);
        if (reading == null) {
            reading = new Reading();
            readings.put(peer, reading);
        }
        reading.theirMillis = theirMillis;
        reading.at = now.nanos();
        if (readings.size() > MAX_PEERS) {
            Iterator<Reading> oldest = readings.values().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** How many peers have told a time of late. */
    int told(Moment now) {
        forgetOld(now);
        return readings.size();
    }

    private void forgetOld(Moment now) {
        readings.values().removeIf(reading -> now.nanos() - reading.at > FRESH_NANOS);
    }

    /** By how many milliseconds this node is ahead; empty if nobody has told a time of late. */
    OptionalLong aheadMillis(Moment now) {
        forgetOld(now);
        long[] ahead = readings.values().stream()
                .mapToLong(reading -> reading.aheadMillis(now))
                .sorted()
                .toArray();
        if (ahead.length == 0) {
            return OptionalLong.empty();
        }
        long low = ahead[(ahead.length - 1) / 2];
        long high = ahead[ahead.length / 2];
        return OptionalLong.of(Math.abs(low) <= Math.abs(high) ? low : high);
    }
}
