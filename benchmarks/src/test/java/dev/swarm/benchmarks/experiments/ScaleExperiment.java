package dev.swarm.benchmarks.experiments;

import static dev.swarm.benchmarks.experiments.Measurement.KIB;
import static dev.swarm.benchmarks.experiments.Measurement.MIB;
import static dev.swarm.benchmarks.experiments.Measurement.figure;

import dev.swarm.sim.Distribution.Circumstance;
import dev.swarm.sim.Distribution.Outcome;
import java.util.ArrayList;
import java.util.List;

/** Makespan by lower bound over the size of the fleet and of the blob. */
final class ScaleExperiment {

    private static final List<Integer> NODES = List.of(8, 50, 200, 1_000, 10_000);
    private static final List<Long> SIZES = List.of(10 * KIB, MIB, 10 * MIB, 64 * MIB, 256 * MIB, 1_024 * MIB);

    private final List<Measurement> points = new ArrayList<>();

    ScaleExperiment(Options options) {
        List<Integer> nodes = options.quick() ? NODES.subList(0, 1) : NODES;
        List<Long> sizes = options.quick() ? SIZES.subList(0, 3) : SIZES;
        for (long bytes : sizes) {
            for (int count : nodes) {
                points.add(Measurement.of(options, count, bytes, Circumstance.CLEAN));
            }
        }
    }

    List<Measurement> points() {
        return points;
    }

    Table table() {
        Table table = new Table(
                "blob",
                "nodes",
                "units",
                "makespan s",
                "÷ bound",
                "seeder's copies",
                "came twice %",
                "99th ÷ median",
                "wall s");
        for (Measurement point : points) {
            Outcome outcome = point.outcome();
            String size = Measurement.size(point.load().bytes());
            String nodes = Integer.toString(point.load().nodes());
            String units = Long.toString(Measurement.units(point.load()));
            if (outcome == null) {
                table.add(size, nodes, units, point.skipped(), "", "", "", "", "");
            } else {
                table.add(
                        size,
                        nodes,
                        units,
                        figure(3, outcome.makespan()),
                        figure(2, outcome.ratio()),
                        figure(2, outcome.copies()),
                        figure(2, outcome.duplicates() * 100),
                        figure(2, outcome.spread()),
                        figure(1, point.wallSeconds()));
            }
        }
        return table;
    }
}
