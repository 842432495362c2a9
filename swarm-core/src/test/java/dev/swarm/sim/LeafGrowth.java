package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/** A world that notes how a leaf spreads among those that receive it. Confined. */
final class LeafGrowth extends SimulatedWorld {

    private final int receivers;
    private final Map<Integer, Copies> byLeaf = new HashMap<>();

    /** Of one leaf, in nanoseconds. */
    private static final class Copies {
        private final long first;
        private long second;
        private long half;
        private long last;
        private int count;

        Copies(long first) {
            this.first = first;
            this.second = first;
            this.half = first;
        }
    }

    /** Nothing noted of one blob that so many receive. */
    LeafGrowth(int receivers) {
        this.receivers = receivers;
    }

    @Override
    void took(SimulatedNode node, BlobId blob, int leaf, NodeStore.Leaf data) {
        long now = node.fleet().time().now();
        Copies copies = byLeaf.computeIfAbsent(leaf, number -> new Copies(now));
        copies.count++;
        copies.second = copies.count == 2 ? now : copies.second;
        copies.half = copies.count == (receivers + 1) / 2 ? now : copies.half;
        copies.last = now;
    }

    /** What the leaves that came so far tell; zeros if none came. */
    Distribution.Growth medians() {
        return new Distribution.Growth(
                median(copies -> copies.second - copies.first),
                median(copies -> copies.half - copies.first),
                median(copies -> copies.last - copies.first));
    }

    private double median(ToLongFunction<Copies> nanos) {
        long[] sorted = byLeaf.values().stream().mapToLong(nanos).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2] / 1e9;
    }
}
