package dev.swarm.node;

import dev.swarm.crdt.Fingerprint;
import dev.swarm.peer.Announcement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Decides when the node speaks on the multicast group. Confined. */
final class Announcer {

    /** Shortest time between two announcements; news within it travels together. */
    private static final long MIN_GAP_NANOS = 100_000_000L;

    /** A newcomer is greeted within this, at a random moment, so that a segment does not answer in one burst. */
    private static final long GREETING_NANOS = 50_000_000L;

    private final NodeRules rules;
    private final NodeEffects effects;
    private final RandomGenerator random;
    private long nextAt = Long.MAX_VALUE;
    private long lastAt;
    private boolean spoke;
    private int rotation;

    Announcer(NodeRules rules, NodeEffects effects, RandomGenerator random) {
        this.rules = rules;
        this.effects = effects;
        this.random = random;
    }

    void news(long now) {
        speakAt(now);
    }

    void newcomer(long now) {
        speakAt(now + random.nextLong(GREETING_NANOS));
    }

    void advance(long now, Fingerprint manifest, Supplier<List<Announcement.Holding>> holdings) {
        if (now < nextAt) {
            return;
        }
        List<Announcement.Holding> rotated = new ArrayList<>(holdings.get());
        if (!rotated.isEmpty()) {
            Collections.rotate(rotated, -(rotation++ % rotated.size()));
        }
        effects.announce(new Announcement(rules.fleetTag(), rules.self(), rules.address(), hex(manifest), rotated));
        spoke = true;
        lastAt = now;
        long cycle = rules.cycle().toNanos();
        nextAt = now + cycle / 2 + random.nextLong(Math.max(1, cycle));
    }

    long wakeAt() {
        return nextAt;
    }

    private void speakAt(long moment) {
        long earliest = spoke ? Math.max(moment, lastAt + MIN_GAP_NANOS) : moment;
        nextAt = nextAt == Long.MAX_VALUE ? earliest : Math.min(nextAt, earliest);
    }

    private static String hex(Fingerprint fingerprint) {
        HexFormat format = HexFormat.of();
        return format.toHexDigits(fingerprint.high()) + format.toHexDigits(fingerprint.low());
    }
}
