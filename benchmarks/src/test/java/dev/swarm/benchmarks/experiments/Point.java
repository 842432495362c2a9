package dev.swarm.benchmarks.experiments;

import static dev.swarm.benchmarks.experiments.Measurement.KIB;
import static dev.swarm.benchmarks.experiments.Measurement.MIB;
import static dev.swarm.benchmarks.experiments.Measurement.figure;

import dev.swarm.sim.Distribution;
import dev.swarm.sim.Distribution.Circumstance;
import dev.swarm.sim.Distribution.Growth;
import dev.swarm.sim.Distribution.Outcome;
import dev.swarm.sim.Distribution.Workload;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One fleet and one blob, run by itself to see what that takes of the machine.
 *
 * @param nodes in all
 * @param bytes of the blob
 */
record Point(int nodes, long bytes) {

    private static final Pattern FORM = Pattern.compile("(\\d{1,6})x(\\d{1,6})(KiB|MiB|GiB)");

    /** What a point may take where nobody said how many leaves to model as one. */
    private static final double MOST_SECONDS = 300;

    private static final Map<String, Long> UNITS = Map.of("KiB", KIB, "MiB", MIB, "GiB", 1_024 * MIB);

    /** Reads a point such as {@code 10000x10MiB}. */
    static Point parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a point is NODESxSIZE, as 10000x10MiB, not " + text);
        }
        return new Point(
                Integer.parseInt(parts.group(1)),
                Long.parseLong(parts.group(2)) * UNITS.getOrDefault(parts.group(3), 1L));
    }

    /** Runs it and says what came of it, and what it took. */
    String run(Options options) {
        Integer wanted = options.scale();
        Workload load = load(options.seed(), wanted == null ? fittingScale(options.seed()) : wanted);
        Heap heap = new Heap();
        long from = System.nanoTime();
        double processor = Measurement.threadSeconds();
        Outcome outcome = Distribution.run(load, () -> {
            heap.look();
            return false;
        });
        String took = figure(0, (System.nanoTime() - from) / 1e9) + " s by the clock, "
                + figure(0, Measurement.threadSeconds() - processor) + " s of processor time, "
                + heap.most() / MIB + " MiB of live heap";
        String what = nodes + " nodes, " + Measurement.size(bytes) + " in " + Measurement.units(load) + " units of "
                + Measurement.size(64 * KIB * load.scale()) + ": ";
        return outcome.complete()
                ? what + "makespan " + figure(3, outcome.makespan()) + " s, " + figure(3, outcome.ratio())
                        + " of the bound; seeder's copies " + figure(2, outcome.copies()) + ", "
                        + figure(2, outcome.duplicates() * 100) + " % came twice; " + said(outcome.growth()) + took
                : what + "not complete; " + took;
    }

    private static String said(@Nullable Growth growth) {
        return growth == null
                ? ""
                : "a leaf's second copy comes " + millis(growth.second())
                        + " after its first, that of half the receivers " + millis(growth.half()) + ", the last "
                        + millis(growth.last()) + "; ";
    }

    private static String millis(double seconds) {
        return figure(0, seconds * 1e3) + " ms";
    }

    /** The smallest power of two with which it takes some minutes. */
    int fittingScale(long seed) {
        int scale = 1;
        while (Measurement.leafSeconds(load(seed, scale)) > MOST_SECONDS) {
            scale *= 2;
        }
        return scale;
    }

    private Workload load(long seed, int scale) {
        return new Workload(seed, nodes, bytes, Distribution.RATE, scale, Circumstance.CLEAN);
    }

    /** What objects in use take, looked at ever less often, as each look is a collection. */
    private static final class Heap {

        private static final int FACTOR = 16;

        private long looks;
        private long next = 1;
        private long most;

        void look() {
            if (++looks == next) {
                next *= FACTOR;
                System.gc();
                most = Math.max(
                        most,
                        ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
            }
        }

        long most() {
            return most;
        }
    }
}
