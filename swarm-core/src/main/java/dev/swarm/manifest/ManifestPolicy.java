package dev.swarm.manifest;

import dev.swarm.crdt.HybridClock;
import java.time.Duration;
import java.util.Objects;

/** Whose entries a node takes in, and how many. Immutable. */
public final class ManifestPolicy {

    /** Time that an entry may be ahead of the wall clock: passes hosts whose clock was set by hand. */
    public static final Duration DEFAULT_MAX_AHEAD = Duration.ofMillis(HybridClock.DEFAULT_MAX_AHEAD_MILLIS);

    /**
     * Entries that a plain node may have in the manifest, revoked ones included: far above what a person publishes, and
     * 10 MiB at most in every other node's memory. Coordinators and operators have no limit.
     */
    public static final int DEFAULT_MAX_ENTRIES_PER_AUTHOR = 4096;

    private final Gate seeding;
    private final Duration maxAhead;
    private final int maxEntriesPerAuthor;

    private ManifestPolicy(Builder builder) {
        this.seeding = builder.seeding;
        this.maxAhead = builder.maxAhead;
        this.maxEntriesPerAuthor = builder.maxEntriesPerAuthor;
        if (maxAhead.isNegative() || maxAhead.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("maxAhead is " + maxAhead + ", has to be 0 to one day");
        }
        if (maxEntriesPerAuthor < 1) {
            throw new IllegalArgumentException(
                    "maxEntriesPerAuthor is " + maxEntriesPerAuthor + ", has to be at least 1");
        }
    }

    /** A builder with the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A policy of the defaults: every member may publish. */
    public static ManifestPolicy defaults() {
        return builder().build();
    }

    /** A builder that starts from this policy. */
    public Builder toBuilder() {
        return builder().seeding(seeding).maxAhead(maxAhead).maxEntriesPerAuthor(maxEntriesPerAuthor);
    }

    /** Which plain nodes may publish. Coordinators and operators always may. */
    public Gate seeding() {
        return seeding;
    }

    /** How far ahead of the wall clock an entry's time may be. */
    public Duration maxAhead() {
        return maxAhead;
    }

    /** How many entries a plain node may have in the manifest. */
    public int maxEntriesPerAuthor() {
        return maxEntriesPerAuthor;
    }

    /** Collects a policy. Confined to one thread. */
    public static final class Builder {

        private Gate seeding = Gate.ALL;
        private Duration maxAhead = DEFAULT_MAX_AHEAD;
        private int maxEntriesPerAuthor = DEFAULT_MAX_ENTRIES_PER_AUTHOR;

        private Builder() {}

        /** Sets which plain nodes may publish; all if not called. */
        public Builder seeding(Gate value) {
            seeding = Objects.requireNonNull(value, "seeding");
            return this;
        }

        /**
         * Sets how far ahead of the wall clock an entry's time may be, at most a day; {@link #DEFAULT_MAX_AHEAD} if not
         * called. Too little keeps out hosts whose clock drifts; too much lets a fast clock outrank later changes.
         */
        public Builder maxAhead(Duration value) {
            maxAhead = Objects.requireNonNull(value, "maxAhead");
            return this;
        }

        /** Sets how many entries a plain node may have, at least 1; {@link #DEFAULT_MAX_ENTRIES_PER_AUTHOR} if not called. */
        public Builder maxEntriesPerAuthor(int value) {
            maxEntriesPerAuthor = value;
            return this;
        }

        /**
         * The policy.
         *
         * @throws IllegalArgumentException if a value is out of its range
         */
        public ManifestPolicy build() {
            return new ManifestPolicy(this);
        }
    }
}
