package dev.swarm.schedule;

import dev.swarm.blob.LeafSet;
import java.util.random.RandomGenerator;

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

    /**
     * Of the leaves that are looked for any that fewest hold, as far as that is told apart; -1 if there is none. Each is as likely as
     * another: seeders lease leaves that follow each other, and were the first of them likelier, all peers of who took them would ask
     * it for that one, and the next would not be passed on until they have it.
     */
    int anyRarest(LeafBits.Query open, RandomGenerator random) {
        int words = open.wordCount();
        int best = FEW.length;
        int count = 0;
        for (int index = 0; index < words; index++) {
            long word = open.word(index);
            for (int step = 0; word != 0 && step <= best; step++) {
                long alike = ofStep(step, word, index);
                if (alike != 0) {
                    count = Long.bitCount(alike) + (step < best ? 0 : count);
                    best = step;
                }
            }
        }
        if (count == 0) {
            return -1;
        }
        int left = random.nextInt(count);
        int index = 0;
        long alike = ofStep(best, open.word(0), 0);
        while (left >= Long.bitCount(alike)) {
            left -= Long.bitCount(alike);
            index++;
            alike = ofStep(best, open.word(index), index);
        }
        for (; left > 0; left--) {
            alike &= alike - 1;
        }
        return index * Long.SIZE + Long.numberOfTrailingZeros(alike);
    }

    private long ofStep(int step, long word, int index) {
        return step < FEW.length ? word & few[step].word(index) : word;
    }

    /** Whether two leaves are held by as few, as far as {@link #anyRarest} tells that apart. */
    boolean isAlike(int leaf, int other) {
        return step(leaf) == step(other);
    }

    private int step(int leaf) {
        int step = 0;
        while (step < FEW.length && holders[leaf] > FEW[step]) {
            step++;
        }
        return step;
    }

    int holders(int leaf) {
        return holders[leaf];
    }
}
