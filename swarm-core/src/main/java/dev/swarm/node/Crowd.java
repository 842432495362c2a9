package dev.swarm.node;

/**
 * Who has spoken on a segment of late, and how much at a time. Pure and confined.
 *
 * <p>A table with open addressing and linear probing: a thousand nodes take 32 kB.
 */
final class Crowd {

    /** Announcers told apart: where there are more, the segment carries more than it should, in proportion. */
    static final int MAX_ANNOUNCERS = 16_384;

    /** What every datagram adds on the wire: IPv4 and UDP headers. */
    static final int HEADER_BYTES = 28;

    /** An announcement with one holding: the guess before anything was heard. */
    private static final double FIRST_GUESS_BYTES = 230;

    /** Weight of the newest size in the mean, RFC 3550 section 6.3.3. */
    private static final double GAIN = 1.0 / 16;

    private static final int FIRST_SLOTS = 16;

    /** Parts of the patience after which those who are gone are looked for: what one look costs is spread over as many calls. */
    private static final int SWEEPS = 8;

    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private long[] announcers = new long[FIRST_SLOTS];
    private long[] heardAt = new long[FIRST_SLOTS];
    private int count;
    private long sweptAt;
    private double meanBytes = FIRST_GUESS_BYTES;

    /** Another node spoke; {@code announcer} stands for it. */
    void heard(long announcer, int bytes, long now) {
        long key = announcer == 0 ? 1 : announcer;
        int slot = slotOf(key);
        if (announcers[slot] == 0 && count < MAX_ANNOUNCERS) {
            announcers[slot] = key;
            count++;
        }
        if (announcers[slot] == key) {
            heardAt[slot] = now;
        }
        if (2 * count > announcers.length) {
            rebuild(2 * announcers.length, Long.MIN_VALUE);
        }
        weigh(bytes);
    }

    void spoke(int bytes) {
        weigh(bytes);
    }

    /** How many speak here, this node among them; who was not heard for {@code patience} nanoseconds does so no longer. */
    int size(long now, long patience) {
        if (now - sweptAt > patience / SWEEPS) {
            sweptAt = now;
            rebuild(announcers.length, now - patience);
        }
        return count + 1;
    }

    /** What an announcement takes on the wire, on average. */
    double meanBytes() {
        return meanBytes;
    }

    private void weigh(int bytes) {
        meanBytes += GAIN * (bytes + HEADER_BYTES - meanBytes);
    }

    private int slotOf(long key) {
        int mask = announcers.length - 1;
        int slot = (int) ((key * SPREAD) >>> Integer.SIZE) & mask;
        while (announcers[slot] != 0 && announcers[slot] != key) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void rebuild(int slots, long notBefore) {
        long[] oldAnnouncers = announcers;
        long[] oldHeardAt = heardAt;
        announcers = new long[slots];
        heardAt = new long[slots];
        count = 0;
        for (int i = 0; i < oldAnnouncers.length; i++) {
            if (oldAnnouncers[i] != 0 && oldHeardAt[i] >= notBefore) {
                int slot = slotOf(oldAnnouncers[i]);
                announcers[slot] = oldAnnouncers[i];
                heardAt[slot] = oldHeardAt[i];
                count++;
            }
        }
    }
}
