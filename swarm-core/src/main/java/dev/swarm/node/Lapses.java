package dev.swarm.node;

import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.VerifiedEntry;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends entries whose retention is over: this node's own, whether or not the blob is here, and, at an operator, those of authors that
 * are gone. Confined. Times are milliseconds since the epoch.
 */
final class Lapses {

    private static final Logger log = LoggerFactory.getLogger(Lapses.class);

    /**
     * So long after its retention an entry has still its author to end it: one that is there does so within a cycle, and one that is
     * being restarted, or whose clock is some minutes behind, is not forestalled.
     */
    static final long GRACE_MILLIS = 3_600_000;

    /** After so long an end that did not come about is looked at again. */
    static final long RETRY_MILLIS = 10_000;

    private final NodeRules rules;
    private final NodeEffects effects;

    Lapses(NodeRules rules, NodeEffects effects) {
        this.rules = rules;
        this.effects = effects;
    }

    /**
     * What the wall clock is worth.
     *
     * @param isSure whether nothing speaks against it
     * @param agrees whether peers have told of late that theirs say the same
     */
    record Clock(BooleanSupplier isSure, BooleanSupplier agrees) {

        /** One that is not to be believed. */
        static final Clock UNSURE = new Clock(() -> false, () -> false);
    }

    /** Ends what is over of an active blob; when to look again, {@link Long#MAX_VALUE} for never. */
    long judge(BlobView view, Clock clock, long epochMillis) {
        VerifiedEntry own = view.activeEntryOf(rules.self());
        if (own != null) {
            return judgeOwn(own.entry(), clock, epochMillis);
        }
        long until = rules.endsOthers().getAsBoolean() ? lastEnd(view) : Long.MAX_VALUE;
        if (until > epochMillis - GRACE_MILLIS) {
            return until == Long.MAX_VALUE ? until : until + GRACE_MILLIS;
        }
        if (clock.agrees().getAsBoolean()) {
            log.info("retention of {} is over and its author has not ended it: this operator does", view.blob());
            effects.endLapsed(view.blob(), newest(view));
        }
        return epochMillis + RETRY_MILLIS;
    }

    private long judgeOwn(ManifestEntry own, Clock clock, long epochMillis) {
        if (own.retainedUntil() > epochMillis) {
            return own.retainedUntil();
        }
        if (clock.isSure().getAsBoolean()) {
            log.info("retention {} of {} is over: it ends for all", own.retention(), own.blob());
            effects.retire(own.blob(), own.clock());
        }
        return epochMillis + RETRY_MILLIS;
    }

    /** Whether every active entry is past its retention for so long that no author can be expected to end it. */
    static boolean isAbandoned(BlobView view, long epochMillis) {
        return lastEnd(view) <= epochMillis - GRACE_MILLIS;
    }

    private static long lastEnd(BlobView view) {
        long last = Long.MIN_VALUE;
        for (VerifiedEntry entry : view.activeEntries()) {
            last = Math.max(last, entry.entry().retainedUntil());
        }
        return last;
    }

    private static HybridTimestamp newest(BlobView view) {
        HybridTimestamp newest = HybridTimestamp.ZERO;
        for (VerifiedEntry entry : view.activeEntries()) {
            newest = HybridTimestamp.max(newest, entry.entry().clock());
        }
        return newest;
    }
}
