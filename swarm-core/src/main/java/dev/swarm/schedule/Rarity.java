package dev.swarm.schedule;

import dev.swarm.blob.LeafSet;

/** How many peers hold each leaf, and at a glance which leaves few hold. Confined. */
final class Rarity {

    /** Leaves that at most so many hold are kept in a set of their own each; finer steps would not change who is asked. */
    private static final int[] FEW = {1, 2, 4};

    /** For each leaf, in two bytes: a node has some dozens of sources, and a gigabyte sixteen thousand leaves. */
    private final char[] holders;

    private final LeafBits[] few = new LeafBits[FEW.length];

    Rarity(int leaves) {
        this.holders = new char[leaves];
        for (int i = 0; i < FEW.length; i++) {
            few[i] = new LeafBits(leaves);
            few[i].addAll();
        }
    }

    /** A peer's holdings are {@code after} instead of {@code before}. Whether some leaf of it had at most so many holders. */
    boolean changed(LeafSet before, LeafSet after, int most) {
        boolean rare = false;
        for (int index = 0; index < after.wordCount(); index++) {
            long added = after.word(index) & ~before.word(index);
            long removed = before.word(index) & ~after.word(index);
            for (; added != 0; added &= added - 1) {
                int leaf = index * Long.SIZE + Long.numberOfTrailingZeros(added);
                rare |= holders[leaf] <= most;
                change(leaf, 1);
            }
            for (; removed != 0; removed &= removed - 1) {
                change(index * Long.SIZE + Long.numberOfTrailingZeros(removed), -1);
            }
        }
        return rare;
    }

    void change(int leaf, int by) {
        int before = holders[leaf];
        int count = before + by;
        holders[leaf] = (char) count;
        if (Math.min(before, count) > FEW[FEW.length - 1]) {
            return;
        }
        for (int i = 0; i < FEW.length; i++) {
            if (count <= FEW[i] && before > FEW[i]) {
                few[i].add(leaf);
            } else if (count > FEW[i] && before <= FEW[i]) {
                few[i].remove(leaf);
            }
        }
    }

    /**
     * Of the leaves that are looked for one that fewest hold, as far as that is told apart: the first from {@code from} on, going on
     * at the first leaf after the last; -1 if there is none. One pass, as one for each step would mostly find nothing.
     */
    int rarest(LeafBits.Query open, int from) {
        int count = open.wordCount();
        if (count == 0) {
            return -1;
        }
        int start = from / Long.SIZE;
        int best = FEW.length + 1;
        int found = -1;
        for (int i = 0; i <= count; i++) {
            int index = start + i < count ? start + i : start + i - count;
            long word = i == 0 ? open.word(index) & -1L << from : open.word(index);
            for (int step = 0; word != 0 && step < best; step++) {
                long rare = step < FEW.length ? word & few[step].word(index) : word;
                if (rare != 0) {
                    best = step;
                    found = index * Long.SIZE + Long.numberOfTrailingZeros(rare);
                }
            }
            if (best == 0) {
                return found;
            }
        }
        return found;
    }

    int holders(int leaf) {
        return holders[leaf];
    }
}
