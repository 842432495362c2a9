package dev.swarm.benchmarks.pair;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Medians over rounds. Stateless. */
final class Medians {

    private Medians() {}

    static double of(List<Round> rounds, ToDoubleFunction<Round> value) {
        return median(rounds.stream().mapToDouble(value).toArray());
    }

    /** The median of what each round gives in proportion to the base's round beside it. */
    static double ofRatios(List<Round> rounds, List<Round> base, ToDoubleFunction<Round> value) {
        int count = Math.min(rounds.size(), base.size());
        return median(IntStream.range(0, count)
                .mapToDouble(i -> value.applyAsDouble(rounds.get(i)) / value.applyAsDouble(base.get(i)))
                .toArray());
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
