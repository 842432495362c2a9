package dev.swarm.manifest;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of an entry that was offered to the manifest. Immutable.
 *
 * @param outcome what became of it
 * @param refusal why it was refused; null unless it was
 */
public record MergeResult(Outcome outcome, @Nullable Refusal refusal) {

    /** The manifest changed. */
    public static final MergeResult MERGED = new MergeResult(Outcome.MERGED, null);

    /** The manifest holds this entry or a newer one of its author. */
    public static final MergeResult STALE = new MergeResult(Outcome.STALE, null);

    /** Checks that a refusal has its reason and nothing else has one. */
    public MergeResult {
        Objects.requireNonNull(outcome, "outcome");
        if ((outcome == Outcome.REFUSED) != (refusal != null)) {
            throw new IllegalArgumentException("merge result " + outcome + " with refusal " + refusal);
        }
    }

    /** A refusal. */
    public static MergeResult refused(Refusal refusal) {
        return new MergeResult(Outcome.REFUSED, refusal);
    }

    /** Whether the manifest changed, and the entry is to be told to others. */
    public boolean isMerged() {
        return outcome == Outcome.MERGED;
    }

    /** Whether the entry was kept out. */
    public boolean isRefused() {
        return outcome == Outcome.REFUSED;
    }

    /** Whether an entry was taken in. */
    public enum Outcome {
        /** It was: the manifest changed. */
        MERGED,
        /** It was not needed: the manifest holds it or a newer one. */
        STALE,
        /** It was kept out and changed nothing, the clock included. */
        REFUSED
    }

    /** Why an entry was kept out. */
    public enum Refusal {
        /** Its time is too far ahead of the wall clock. Its author's clock is wrong, or this node's. */
        FUTURE,
        /** Its author is no coordinator or operator, and the seeding gate does not let it publish. */
        NOT_PERMITTED,
        /** It is not newer than a revocation that was pruned. */
        BURIED,
        /** Its author, who is no coordinator or operator, has as many entries as a plain node may have. */
        TOO_MANY
    }
}
