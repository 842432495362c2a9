package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.ManifestCrdt;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The partial copies in the store that nothing is being received into: each goes when its blob's last entry does, and stays as long as
 * one may still become meant for this node and is not long past its retention. Confined.
 */
final class IdlePartials {

    private final ManifestCrdt manifest;
    private final NodeEffects effects;
    private final Set<BlobId> idle = new HashSet<>();

    /** Whether a look at the store has told of some that were not judged since. */
    private boolean toJudge;

    private boolean allKnown;

    IdlePartials(ManifestCrdt manifest, NodeEffects effects) {
        this.manifest = manifest;
        this.effects = effects;
    }

    /** A transfer ended and what came of it stays. */
    void kept(BlobId blob) {
        idle.add(blob);
    }

    /** A transfer goes on with what is there. */
    void resumed(BlobId blob) {
        idle.remove(blob);
    }

    /**
     * A look at the store found these.
     *
     * @param isReceived whether a transfer has a blob
     * @param known whether all that the manifest held when the node stopped last is in it: what it does not name has no entry then
     */
    void found(Collection<BlobId> partial, Predicate<BlobId> isReceived, boolean known) {
        idle.clear();
        partial.stream().filter(isReceived.negate()).forEach(idle::add);
        allKnown = known;
        toJudge = !idle.isEmpty();
    }

    /** A blob has no active entry any more. */
    void ended(BlobId blob) {
        if (idle.remove(blob)) {
            effects.discard(blob);
        }
    }

    /** Deletes what the last look found of blobs that have ended. */
    void judge(Lapses.Clock clock, long epochMillis) {
        if (!toJudge) {
            return;
        }
        toJudge = false;
        idle.stream()
                .filter(blob -> hasEnded(blob, clock, epochMillis))
                .toList()
                .forEach(this::ended);
    }

    private boolean hasEnded(BlobId blob, Lapses.Clock clock, long epochMillis) {
        BlobView view = manifest.blob(blob);
        if (view != null) {
            return !view.isActive()
                    || (Lapses.isAbandoned(view, epochMillis) && clock.isSure().getAsBoolean());
        }
        return manifest.isBuried(blob) || (allKnown && manifest.size() > 0);
    }
}
