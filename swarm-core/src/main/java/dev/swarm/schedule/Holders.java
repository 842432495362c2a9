package dev.swarm.schedule;

import dev.swarm.blob.LeafSet;
import dev.swarm.peer.Distance;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many sources hold each leaf, of all and of those that are near ({@link Distance}). Confined.
 */
final class Holders {

    private final int leaves;
    private final Rarity all;

    /** Null while no source is far away. */
    private @Nullable Rarity near;

    private int seeders;
    private int nearSeeders;
    private boolean distancesChanged;

    Holders(int leaves) {
        this.leaves = leaves;
        this.all = new Rarity(leaves);
    }

    Rarity ofAll() {
        return all;
    }

    /** How many sources hold everything. */
    int seeders() {
        return seeders;
    }

    /** How many of them are near. */
    int nearSeeders() {
        return near == null ? seeders : nearSeeders;
    }

    /** Whether some sources are so far away that what they have is to come from there once. */
    boolean someAreFar() {
        return near != null;
    }

    /** Whether a near source holds a leaf. */
    boolean isNear(int leaf) {
        return near == null || near.holders(leaf) > 0;
    }

    /** Whether nobody near, or nobody if none is far away, holds a leaf but those that hold everything. */
    boolean onlySeedersHold(int leaf) {
        return near == null ? all.holders(leaf) <= seeders : near.holders(leaf) <= nearSeeders;
    }

    /** A source says what it holds. Whether only seeders held some of what it did not hold before. */
    boolean report(Source source, LeafSet after) {
        LeafSet before = source.holds();
        count(source, (after.isFull() ? 1 : 0) - (source.isFull() ? 1 : 0));
        boolean first = all.changed(before, after, seeders);
        return (near == null || source.isFar()) ? first : near.changed(before, after, nearSeeders);
    }

    /** A source holds more, though not everything. Whether only seeders held some of it. */
    boolean reportMore(Source source, int[] more) {
        boolean first = false;
        for (int leaf : more) {
            first |= onlySeedersHold(leaf);
            change(source, leaf, 1);
        }
        return first;
    }

    /** A source is not to be asked any more. */
    void gone(Source source, LeafSet nothing) {
        count(source, source.isFull() ? -1 : 0);
        all.changed(source.holds(), nothing, 0);
        if (near != null && !source.isFar()) {
            near.changed(source.holds(), nothing, 0);
        }
        distancesChanged = true;
    }

    /** A source does not have some leaves after all. */
    void withdraw(Source source, int first, int end) {
        count(source, source.isFull() ? -1 : 0);
        for (int leaf = first; leaf < end; leaf++) {
            if (source.holds().contains(leaf)) {
                source.withdraw(leaf);
                change(source, leaf, -1);
            }
        }
        count(source, source.isFull() ? 1 : 0);
    }

    private void count(Source source, int by) {
        seeders += by;
        nearSeeders += source.isFar() ? 0 : by;
    }

    private void change(Source source, int leaf, int by) {
        all.change(leaf, by);
        if (near != null && !source.isFar()) {
            near.change(leaf, by);
        }
    }

    /** A source is nearer or further away than before, or new. */
    void distancesChanged() {
        distancesChanged = true;
    }

    /** Looks anew who is far away, if that may have changed. Whether it has. */
    boolean lookAtDistances(List<Source> sources) {
        if (!distancesChanged) {
            return false;
        }
        distancesChanged = false;
        long nearest = Long.MAX_VALUE;
        for (int i = 0; i < sources.size(); i++) {
            long roundTrip = sources.get(i).roundTripNanos();
            nearest = roundTrip > 0 ? Math.min(nearest, roundTrip) : nearest;
        }
        boolean changed = false;
        boolean some = false;
        for (int i = 0; i < sources.size(); i++) {
            Source source = sources.get(i);
            boolean far = Distance.isFar(source.roundTripNanos(), nearest);
            changed |= far != source.isFar();
            some |= far;
            source.far(far);
        }
        if (changed) {
            countNear(some, sources);
        }
        return changed;
    }

    private void countNear(boolean some, List<Source> sources) {
        Rarity fresh = new Rarity(leaves);
        LeafSet nothing = LeafSet.none(leaves);
        nearSeeders = 0;
        for (Source source : sources) {
            if (!source.isFar()) {
                fresh.changed(nothing, source.holds(), 0);
                nearSeeders += source.isFull() ? 1 : 0;
            }
        }
        near = some ? fresh : null;
    }
}
