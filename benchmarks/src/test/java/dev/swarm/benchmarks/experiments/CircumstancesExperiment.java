package dev.swarm.benchmarks.experiments;

import static dev.swarm.benchmarks.experiments.Measurement.MIB;
import static dev.swarm.benchmarks.experiments.Measurement.figure;

import dev.swarm.sim.Distribution.Circumstance;
import dev.swarm.sim.Distribution.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One fleet and one blob while nodes join late, crash, are slow, lie, or sit behind thin lines. */
final class CircumstancesExperiment {

    private final List<Measurement> points;

    CircumstancesExperiment(Options options) {
        int nodes = options.quick() ? 10 : 50;
        long bytes = (options.quick() ? 4 : 64) * MIB;
        List<Supplier<Measurement>> planned = new ArrayList<>();
        for (Circumstance circumstance : Circumstance.values()) {
            planned.add(() -> Measurement.of(options, nodes, bytes, circumstance));
        }
        points = Measurement.all(options, planned);
    }

    Table table() {
        Table table = new Table(
                "blob, nodes",
                "circumstance",
                "makespan s",
                "÷ clean",
                "÷ bound",
                "seeder's copies",
                "false leaves",
                "WAN copies");
        Outcome clean = points.get(0).outcome();
        for (Measurement point : points) {
            Outcome outcome = point.outcome();
            String load =
                    Measurement.size(point.load().bytes()) + ", " + point.load().nodes();
            String name =
                    point.load().circumstance().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            if (outcome == null) {
                table.add(load, name, point.skipped(), "", "", "", "", "");
            } else {
                table.add(
                        load,
                        name,
                        figure(2, outcome.makespan()),
                        byClean(outcome, clean),
                        figure(2, outcome.ratio()),
                        figure(2, outcome.copies()),
                        Long.toString(outcome.rejected()),
                        outcome.wanCopies() > 0 ? figure(2, outcome.wanCopies()) : "");
            }
        }
        return table;
    }

    private static String byClean(Outcome outcome, @Nullable Outcome clean) {
        return clean == null ? "" : figure(2, outcome.makespan() / clean.makespan());
    }
}
