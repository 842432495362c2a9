package dev.swarm.sim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Events in no order, by blocks of some that lie next to each other in memory: a million of them are looked at one after the other
 * when their time comes, and none of them is in any cache by then. Blocks that were emptied are used again.
 */
final class EventList {

    private final Pool pool;
    private @Nullable Block last;

    EventList(Pool pool) {
        this.pool = pool;
    }

    void add(long at, long sequence, Runnable action) {
        Block block = last;
        if (block == null || block.size == Block.ROOM) {
            block = pool.take();
            block.before = last;
            last = block;
        }
        block.at[block.size] = at;
        block.sequence[block.size] = sequence;
        block.actions[block.size++] = action;
    }

    /** Puts all of them into a heap and is empty again; how many there were. */
    int moveTo(EventHeap heap) {
        int moved = 0;
        for (Block block = last; block != null; ) {
            for (int i = 0; i < block.size; i++) {
                heap.add(block.at[i], block.sequence[i], Objects.requireNonNull(block.actions[i]));
                block.actions[i] = null;
            }
            moved += block.size;
            Block before = block.before;
            pool.give(block);
            block = before;
        }
        last = null;
        return moved;
    }

    /** Of empty blocks. */
    static final class Pool {

        private final Deque<Block> blocks = new ArrayDeque<>();

        private Block take() {
            Block block = blocks.pollLast();
            return block == null ? new Block() : block;
        }

        private void give(Block block) {
            block.size = 0;
            block.before = null;
            blocks.add(block);
        }
    }

    private static final class Block {

        private static final int ROOM = 32;

        private final long[] at = new long[ROOM];
        private final long[] sequence = new long[ROOM];
        private final @Nullable Runnable[] actions = new Runnable[ROOM];
        private @Nullable Block before;
        private int size;
    }
}
