package dev.swarm.crdt;

import java.util.stream.LongStream;

/** Seeds of random tests: a fixed run of them, or the one that {@code -Dswarm.seed=} names. */
final class Seeds {

    private Seeds() {}

    static LongStream few() {
        return seeds(20);
    }

    static LongStream many() {
        return seeds(200);
    }

    private static LongStream seeds(int count) {
        Long chosen = Long.getLong("swarm.seed");
        return chosen != null ? LongStream.of(chosen) : LongStream.rangeClosed(1, count);
    }
}
