package dev.swarm.schedule;

import dev.swarm.blob.LeafSet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A set of leaves as words, so that one step looks at 64 of them. Confined. */
final class LeafBits {

    private final int leaves;
    private final long[] words;

    /** No leaf of so many. */
    LeafBits(int leaves) {
        this.leaves = leaves;
        this.words = new long[(leaves + Long.SIZE - 1) / Long.SIZE];
    }

    void addAll() {
        Arrays.fill(words, -1L);
        if (leaves % Long.SIZE != 0) {
            words[words.length - 1] = (1L << leaves) - 1;
        }
    }

    boolean contains(int leaf) {
        return (words[leaf / Long.SIZE] >>> leaf & 1) != 0;
    }

    void add(int leaf) {
        words[leaf / Long.SIZE] |= 1L << leaf;
    }

    void remove(int leaf) {
        words[leaf / Long.SIZE] &= ~(1L << leaf);
    }

    long word(int index) {
        return words[index];
    }

    void clear() {
        Arrays.fill(words, 0);
    }

    /** What is looked for: leaves in both {@code in} and {@code also}, if that is given, but in neither of the others. */
    record Query(LeafSet in, @Nullable LeafBits also, LeafSet notIn, LeafBits norIn) {

        int wordCount() {
            return notIn.wordCount();
        }

        long word(int index) {
            long found = in.word(index) & ~notIn.word(index) & ~norIn.words[index];
            return also == null ? found : found & also.words[index];
        }

        /** The first such leaf from {@code from} on, going on at the first leaf after the last; -1 if there is none. */
        int next(int from) {
            int count = notIn.wordCount();
            if (count == 0) {
                return -1;
            }
            int start = from / Long.SIZE;
            long first = word(start) & -1L << from;
            if (first != 0) {
                return start * Long.SIZE + Long.numberOfTrailingZeros(first);
            }
            for (int i = 1; i <= count; i++) {
                int index = start + i < count ? start + i : start + i - count;
                long found = word(index);
                if (found != 0) {
                    return index * Long.SIZE + Long.numberOfTrailingZeros(found);
                }
            }
            return -1;
        }

        boolean fits(int leaf) {
            return (word(leaf / Long.SIZE) >>> leaf & 1) != 0;
        }
    }
}
