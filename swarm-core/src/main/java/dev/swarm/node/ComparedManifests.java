package dev.swarm.node;

import dev.swarm.crdt.Fingerprint;
import org.jspecify.annotations.Nullable;

/** What is known of two manifests, this node's and a neighbour's, by their digests. Confined. */
final class ComparedManifests {

    /** An exchange of manifests that changed nothing is repeated after this, should the two still differ. */
    private static final long SETTLED_NANOS = 30_000_000_000L;

    private @Nullable Fingerprint settledOwn;
    private @Nullable Fingerprint settledTheirs;
    private long settledAt;
    private @Nullable Fingerprint judgedOwn;
    private @Nullable Fingerprint judgedTheirs;
    private boolean behind;

    /** These two were compared, and each has what the other gave. */
    void settled(Fingerprint own, Fingerprint theirs, long now) {
        settledOwn = own;
        settledTheirs = theirs;
        settledAt = now;
    }

    boolean areSettled(Fingerprint own, Fingerprint theirs, long now) {
        return own.equals(settledOwn) && theirs.equals(settledTheirs) && now - settledAt < SETTLED_NANOS;
    }

    /** Whether theirs merely lacks what this node took in of late; the neighbour asks by itself then. */
    boolean isBehind(Fingerprint own, Fingerprint theirs, RecentChanges changes) {
        if (!own.equals(judgedOwn) || !theirs.equals(judgedTheirs)) {
            judgedOwn = own;
            judgedTheirs = theirs;
            behind = changes.missing(theirs, own) != null;
        }
        return behind;
    }
}
