package dev.swarm.benchmarks.experiments;

import static dev.swarm.benchmarks.experiments.Measurement.KIB;
import static dev.swarm.benchmarks.experiments.Measurement.MIB;
import static dev.swarm.benchmarks.experiments.Measurement.figure;

import dev.swarm.sim.Distribution.Circumstance;
import dev.swarm.sim.Distribution.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** Makespan by lower bound over the size of the fleet and of the blob. */
final class ScaleExperiment {

    private static final List<Integer> NODES = List.of(8, 50, 200, 1_000, 10_000);
    private static final List<Long> SIZES = List.of(10 * KIB, MIB, 10 * MIB, 64 * MIB, 256 * MIB, 1_024 * MIB);

    private final List<Measurement> points;

    ScaleExperiment(Options options) {
        List<Integer> nodes = options.quick() ? NODES.subList(0, 1) : NODES;
        List<Long> sizes = options.quick() ? SIZES.subList(0, 3) : SIZES;
        List<Supplier<Measurement>> planned = new ArrayList<>();
        for (long bytes : sizes) {
            for (int count : nodes) {
                planned.add(() -> Measurement.of(options, count, bytes, Circumstance.CLEAN));
            }
        }
        points = Measurement.all(options, planned);
    }

    List<Measurement> points() {
        return points;
    }

    /** A line for each size: makespan by bound over nodes. */
    String ratios() {
        Map<String, List<Double>> bySize = new LinkedHashMap<>();
        for (Measurement point : points) {
            Outcome outcome = point.outcome();
            if (outcome != null) {
                List<Double> line =
                        bySize.computeIfAbsent(Measurement.size(point.load().bytes()), size -> new ArrayList<>());
                line.add((double) point.load().nodes());
                line.add(outcome.ratio());
            }
        }
        List<Chart.Series> series = new ArrayList<>();
        bySize.forEach((size, line) -> series.add(new Chart.Series(size, line)));
        return Chart.lines("Makespan by lower bound", "nodes", "÷ bound", true, series);
    }

    /** A line for the largest blob of each fleet: the share of receivers that are done, over time by the bound. */
    String finishes() {
        Map<Integer, Measurement> largest = new LinkedHashMap<>();
        points.stream()
                .filter(point -> point.outcome() != null && point.load().bytes() >= MIB)
                .forEach(point -> largest.put(point.load().nodes(), point));
        List<Chart.Series> series = new ArrayList<>();
        largest.forEach((nodes, point) -> {
            Outcome outcome = Objects.requireNonNull(point.outcome(), "outcome");
            List<Double> line = new ArrayList<>();
            for (int i = 0; i < outcome.finished().size(); i++) {
                line.add(outcome.finished().get(i) / outcome.bound());
                line.add((i + 1.0) / outcome.finished().size());
            }
            series.add(new Chart.Series(
                    nodes + ", " + Measurement.size(point.load().bytes()), line));
        });
        return Chart.lines("Receivers that are done", "time by bound", "share", false, series);
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
                "CPU s");
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
                        figure(1, point.processorSeconds()));
            }
        }
        return table;
    }
}
