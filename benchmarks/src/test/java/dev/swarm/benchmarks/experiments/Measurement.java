package dev.swarm.benchmarks.experiments;

import dev.swarm.sim.Distribution;
import dev.swarm.sim.Distribution.Circumstance;
import dev.swarm.sim.Distribution.Outcome;
import dev.swarm.sim.Distribution.Workload;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One point of an experiment on our own nodes.
 *
 * @param load what was distributed
 * @param outcome what came of it; null if it was not run
 * @param wallSeconds that it took to simulate
 * @param skipped why there is no outcome; empty if there is
 */
record Measurement(Workload load, @Nullable Outcome outcome, double wallSeconds, String skipped) {

    static final long KIB = 1 << 10;
    static final long MIB = 1 << 20;

    /** Leaves that are simulated at most, all receivers together, where a coarser unit can bring it about. */
    private static final long MOST_LEAVES = 200_000;

    /** A blob is not made coarser than this. */
    private static final long LEAST_UNITS = 256;

    /** What a leaf of a large fleet takes to simulate on a machine with two busy cores. */
    private static final double LEAF_SECONDS = 200e-6;

    /** The same for a node's start and the minutes in which nodes hear of each other. */
    private static final double NODE_SECONDS = 0.03;

    static Measurement of(Options options, int nodes, long bytes, Circumstance circumstance) {
        Workload load = new Workload(options.seed(), nodes, bytes, scale(nodes, bytes), circumstance);
        double expected = nodes * (NODE_SECONDS + units(load) * LEAF_SECONDS);
        if (expected > options.budgetSeconds()) {
            return new Measurement(
                    load,
                    null,
                    0,
                    String.format(
                            Locale.ROOT,
                            "would take about %.0f s, more than the %.0f s allowed",
                            expected,
                            options.budgetSeconds()));
        }
        long start = System.nanoTime();
        // Twice the budget, as the expectation is rough: whether a point is in the table is not to depend on the day.
        Outcome outcome = Distribution.run(load, () -> System.nanoTime() - start > 2e9 * options.budgetSeconds());
        double wall = (System.nanoTime() - start) / 1e9;
        Measurement measured = outcome.complete()
                ? new Measurement(load, outcome, wall, "")
                : new Measurement(load, null, wall, "given up after " + Math.round(wall) + " s");
        System.err.println(measured.line());
        return measured;
    }

    /** Leaves of the simulated blob. */
    static long units(Workload load) {
        return Math.max(1, load.bytes() / load.scale() / (64 * KIB));
    }

    private static int scale(int nodes, long bytes) {
        int scale = 1;
        long units = bytes / (64 * KIB);
        while (units / scale * nodes > MOST_LEAVES && units / scale / 2 >= LEAST_UNITS) {
            scale *= 2;
        }
        return scale;
    }

    /** A size as people write it. */
    static String size(long bytes) {
        return bytes >= 1024 * MIB
                ? bytes / 1024 / MIB + " GiB"
                : bytes >= MIB ? bytes / MIB + " MiB" : bytes / KIB + " KiB";
    }

    static String figure(int digits, double value) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    String line() {
        Outcome done = outcome;
        String what = load.circumstance() + ", " + load.nodes() + " nodes, " + size(load.bytes()) + ": ";
        return what + (done == null ? skipped : figure(3, done.ratio()) + " in " + figure(1, wallSeconds) + " s");
    }
}
