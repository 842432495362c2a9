package dev.swarm.schedule;

import dev.swarm.blob.LeafSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What this node takes from those who give each leaf to one node only: seeders, as the others get it from there, and whoever is far
 * away, as those near get it from there. Confined.
 */
final class Owned {

    /** Who was seen to take nothing from a seeder for this long may lose what is his: what was on its way is reported by then. */
    static final long PATIENCE_NANOS = 150_000_000L;

    /** And after so much more for each node that comes before this one: whoever is first spares the others the trouble. */
    static final long PATIENCE_STEP_NANOS = 50_000_000L;

    /** From far away a leaf takes so many times longer: the line is thin, and all who are near share it. */
    private static final int FAR_PATIENCE = 8;

    private final Wanters wanters;
    private final Holders holders;
    private final LeafSet held;
    private final LeafBits underWay;
    private final RandomGenerator random;

    /** The leaves that follow the one found may be asked for with it, as far as they fit; null if not. */
    private LeafBits.@Nullable Query run;

    Owned(Wanters wanters, Holders holders, LeafSet held, LeafBits underWay, RandomGenerator random) {
        this.wanters = wanters;
        this.holders = holders;
        this.held = held;
        this.underWay = underWay;
        this.random = random;
    }

    /** The next leaf to ask a source for, or -1. */
    int next(Source source, long now) {
        run = of(source, 0);
        int leaf = find(source, run, 0, now);
        if (leaf < 0) {
            run = null;
            leaf = ofOthers(source, now);
        }
        return leaf;
    }

    /** What was found last is to be asked for with those that follow it and fit this, or alone if it is null. */
    LeafBits.@Nullable Query run() {
        return run;
    }

    private LeafBits.Query of(Source source, int rank) {
        boolean all = source.isLeasing() || !wanters.share();
        return new LeafBits.Query(source.holds(), all ? null : wanters.ofRank(rank), held, underWay);
    }

    /**
     * A leaf of a share that is to be had from there alone, and that its owner has left alone for long enough. From far away any: were
     * it the first, two places would fetch the same from a third at the same time, and have nothing for each other.
     */
    private int find(Source source, LeafBits.Query share, long patience, long now) {
        int leaves = held.leafCount();
        int start = source.isFar() && leaves > 0 ? random.nextInt(leaves) : 0;
        int leaf = leaves == 0 ? -1 : share.next(start);
        for (int gone = 0; leaf >= 0; ) {
            if (isOnlyThere(source, leaf) && isLeftAlone(leaf, patience, now)) {
                return leaf;
            }
            int following = share.next((leaf + 1) % leaves);
            gone += following > leaf ? following - leaf : following - leaf + leaves;
            leaf = gone >= leaves ? -1 : following;
        }
        return -1;
    }

    private boolean isOnlyThere(Source source, int leaf) {
        return source.isFar() ? !holders.isNear(leaf) : holders.onlySeedersHold(leaf);
    }

    private boolean isLeftAlone(int leaf, long patience, long now) {
        return patience == 0 || wanters.leave(leaf, patience, now);
    }

    /** A leaf whose owner does not come to it. */
    private int ofOthers(Source source, long now) {
        if (!wanters.share()) {
            return -1;
        }
        for (int rank = 1; rank < Shares.RANKS; rank++) {
            long patience = PATIENCE_NANOS + (rank - 1) * PATIENCE_STEP_NANOS;
            int leaf = find(source, of(source, rank), source.isFar() ? FAR_PATIENCE * patience : patience, now);
            if (leaf >= 0) {
                return leaf;
            }
        }
        return -1;
    }
}
