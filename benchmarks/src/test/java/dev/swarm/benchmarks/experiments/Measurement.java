package dev.swarm.benchmarks.experiments;

import dev.swarm.sim.Distribution;
import dev.swarm.sim.Distribution.Circumstance;
import dev.swarm.sim.Distribution.Outcome;
import dev.swarm.sim.Distribution.Workload;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One point of an experiment on our own nodes.
 *
 * @param load what was distributed
 * @param outcome what came of it; null if it was not run
 * @param processorSeconds of processor time that it took to simulate
 * @param skipped why there is no outcome; empty if there is
 */
record Measurement(Workload load, @Nullable Outcome outcome, double processorSeconds, String skipped) {

    static final long KIB = 1 << 10;
    static final long MIB = 1 << 20;

    /** What a leaf takes to simulate, and more than twice that among some thousands of nodes, which are in no cache. */
    private static final double LEAF_SECONDS = 18e-6;

    private static final double DISTANT_LEAF_SECONDS = 45e-6;
    private static final int IN_CACHE = 1_000;

    /** What a node takes until it has heard of its neighbours, and to hear of a blob. */
    private static final double NODE_SECONDS = 12e-3;

    static Measurement of(Options options, int nodes, long bytes, Circumstance circumstance) {
        return of(options, nodes, bytes, Distribution.RATE, circumstance);
    }

    static Measurement of(Options options, int nodes, long bytes, long rate, Circumstance circumstance) {
        // What happens to nodes happens at times of its own.
        Integer wanted = options.scale();
        int scale = wanted != null && circumstance == Circumstance.CLEAN ? wanted : 1;
        Workload load = new Workload(options.seed(), nodes, bytes, rate, scale, circumstance);
        double expected = nodes * NODE_SECONDS + leafSeconds(load);
        if (expected > options.budgetSeconds()) {
            return new Measurement(load, null, 0, "skipped: about " + Math.round(expected) + " s of processor time");
        }
        double start = threadSeconds();
        // Three times the budget, as the expectation is rough: whether a point is in the table is not to depend on the
        // day.
        Outcome outcome = Distribution.run(load, () -> threadSeconds() - start > 3 * options.budgetSeconds());
        double took = threadSeconds() - start;
        Measurement measured = outcome.complete()
                ? new Measurement(load, outcome, took, "")
                : new Measurement(load, null, took, "given up after " + Math.round(took) + " s");
        System.err.println(measured.line());
        return measured;
    }

    /** What the leaves take to simulate. */
    static double leafSeconds(Workload load) {
        return load.nodes() * units(load) * (load.nodes() > IN_CACHE ? DISTANT_LEAF_SECONDS : LEAF_SECONDS);
    }

    /** What this thread has computed for so far. */
    static double threadSeconds() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
    }

    /** Runs points side by side; what came of them in their order. */
    static <T> List<T> all(Options options, List<Supplier<T>> points) {
        ExecutorService threads = Executors.newFixedThreadPool(options.jobs());
        try {
            List<Future<T>> running = new ArrayList<>();
            points.forEach(point -> running.add(threads.submit(point::get)));
            List<T> done = new ArrayList<>();
            for (Future<T> one : running) {
                done.add(one.get());
            }
            return done;
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("a point of an experiment failed", e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** Leaves of the simulated blob. */
    static long units(Workload load) {
        return Math.max(1, load.bytes() / load.scale() / (64 * KIB));
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
        return what + (done == null ? skipped : figure(3, done.ratio()) + " in " + figure(1, processorSeconds) + " s");
    }
}
