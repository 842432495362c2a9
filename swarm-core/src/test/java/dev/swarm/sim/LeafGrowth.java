package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A world that notes how a leaf spreads among those that receive it. Confined. */
final class LeafGrowth extends SimulatedWorld {

    private final int receivers;
    private final Map<Integer, Copies> byLeaf = new HashMap<>();
    private @Nullable SimulatedFleet fleet;

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
    void attach(SimulatedFleet owner) {
        fleet = owner;
    }

    @Override
    void took(SimulatedNode node, BlobId blob, int leaf, NodeStore.Leaf data) {
        SimulatedFleet owner = fleet;
        if (owner == null) {
            return;
        }
        long now = owner.time().now();
        Copies copies = byLeaf.computeIfAbsent(leaf, number -> new Copies(now));
        copies.count++;
        copies.second = copies.count == 2 ? now : copies.second;
        copies.half = copies.count == (receivers + 1) / 2 ? now : copies.half;
        copies.last = now;
    }

    /** Seconds from a leaf's first copy to its second, to that of half the receivers and to the last, each the median of all leaves. */
    List<Double> medians() {
        Copies[] all = byLeaf.values().toArray(Copies[]::new);
        return Stream.of(
                        Arrays.stream(all).mapToLong(copies -> copies.second - copies.first),
                        Arrays.stream(all).mapToLong(copies -> copies.half - copies.first),
                        Arrays.stream(all).mapToLong(copies -> copies.last - copies.first))
                .map(times -> times.sorted().toArray())
                .map(sorted -> sorted.length == 0 ? 0 : sorted[sorted.length / 2] / 1e9)
                .toList();
    }
}
