package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.PeerAddress;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The segments that a node speaks on, each with its own announcer and the address that is told there. Confined. */
final class Segments {

    private static final int DIGEST_DIGITS = 32;

    private final NodeRules rules;
    private final NodeEffects effects;
    private final RandomGenerator random;
    private final Map<String, Segment> segments = new LinkedHashMap<>();

    /** When one of them is due first, if that is known. */
    private long wake;

    private boolean wakeIsKnown;

    private record Segment(PeerAddress address, Announcer announcer) {}

    Segments(NodeRules rules, NodeEffects effects, RandomGenerator random) {
        this.rules = rules;
        this.effects = effects;
        this.random = random;
    }

    /** Speaks on these from here on. One that has another address than before is joined like a new one. */
    void set(Map<String, PeerAddress> addresses, long now) {
        wakeIsKnown = false;
        segments.entrySet().removeIf(known -> !known.getValue().address().equals(addresses.get(known.getKey())));
        addresses.forEach((name, address) -> segments.computeIfAbsent(
                name,
                unknown -> new Segment(address, new Announcer(rules.cycle().toNanos(), random, now))));
    }

    void heard(String name, Announcement announcement, int bytes, boolean member, long now) {
        wakeIsKnown = false;
        Segment segment = segments.get(name);
        if (segment != null) {
            segment.announcer().heard(announcement, bytes, member, now);
        }
    }

    void published(BlobId blob, long now) {
        wakeIsKnown = false;
        segments.values().forEach(segment -> segment.announcer().published(blob, now));
    }

    void learned(long now) {
        wakeIsKnown = false;
        segments.values().forEach(segment -> segment.announcer().learned(now));
    }

    void completed(BlobId blob, long now) {
        wakeIsKnown = false;
        segments.values().forEach(segment -> segment.announcer().completed(blob, now));
    }

    /** Speaks where that is due; for when {@link #wakeAt} has come. */
    void advance(long now, Fingerprint manifest, Announcer.Holdings holdings) {
        wakeIsKnown = false;
        String digest = hex(manifest);
        segments.forEach((name, segment) -> {
            Announcer announcer = segment.announcer();
            if (now >= announcer.wakeAt() && announcer.isDue(now, digest)) {
                Announcement announcement = new Announcement(
                        rules.fleetTag(),
                        rules.self(),
                        segment.address(),
                        announcer.isSeeking(now),
                        digest,
                        announcer.select(holdings, now));
                announcer.spoke(announcement.encode().remaining(), now);
                effects.announce(name, announcement);
            }
        });
    }

    long wakeAt() {
        if (!wakeIsKnown) {
            wake = Long.MAX_VALUE;
            for (Segment segment : segments.values()) {
                wake = Math.min(wake, segment.announcer().wakeAt());
            }
            wakeIsKnown = true;
        }
        return wake;
    }

    /** The digest that an announcement tells, or null if it tells none. */
    static @Nullable Fingerprint digestOf(Announcement announcement) {
        String digits = announcement.manifest();
        return digits == null
                ? null
                : new Fingerprint(
                        HexFormat.fromHexDigitsToLong(digits, 0, DIGEST_DIGITS / 2),
                        HexFormat.fromHexDigitsToLong(digits, DIGEST_DIGITS / 2, DIGEST_DIGITS));
    }

    private static String hex(Fingerprint fingerprint) {
        HexFormat format = HexFormat.of();
        return format.toHexDigits(fingerprint.high()) + format.toHexDigits(fingerprint.low());
    }
}
