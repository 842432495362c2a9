package dev.swarm.schedule;

/** How many peers hold each leaf, and at a glance which leaves few hold. Confined. */
final class Rarity {

    /** Leaves that at most so many hold are kept in a set of their own each; finer steps would not change who is asked. */
    private static final int[] FEW = {1, 2, 4};

    private final int[] holders;
    private final LeafBits[] few = new LeafBits[FEW.length];

    Rarity(int leaves) {
        this.holders = new int[leaves];
        for (int i = 0; i < FEW.length; i++) {
            few[i] = new LeafBits(leaves);
            few[i].addAll();
        }
    }

    /** A peer's holdings are {@code after} instead of {@code before}. Whether some leaf of it had at most so many holders. */
    boolean changed(LeafBits before, LeafBits after, int most) {
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
        holders[leaf] = count;
        for (int i = 0; i < FEW.length && Math.min(before, count) <= FEW[FEW.length - 1]; i++) {
            if (count <= FEW[i]) {
                few[i].add(leaf);
            } else {
                few[i].remove(leaf);
            }
        }
    }

    int steps() {
        return FEW.length;
    }

    /** The leaves that few hold, the fewest in step 0. */
    LeafBits few(int step) {
        return few[step];
    }

    int holders(int leaf) {
        return holders[leaf];
    }
}
