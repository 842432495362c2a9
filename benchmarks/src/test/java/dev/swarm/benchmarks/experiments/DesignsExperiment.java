package dev.swarm.benchmarks.experiments;

import static dev.swarm.benchmarks.experiments.Measurement.KIB;
import static dev.swarm.benchmarks.experiments.Measurement.MIB;
import static dev.swarm.benchmarks.experiments.Measurement.figure;

import dev.swarm.benchmarks.designs.BitTorrent;
import dev.swarm.benchmarks.designs.Design;
import dev.swarm.benchmarks.designs.Dragonfly;
import dev.swarm.benchmarks.designs.Kraken;
import dev.swarm.benchmarks.designs.Lines;
import dev.swarm.benchmarks.designs.Pipeline;
import dev.swarm.benchmarks.designs.Star;
import dev.swarm.benchmarks.designs.WholeRelay;
import dev.swarm.sim.Distribution.Circumstance;
import dev.swarm.sim.Distribution.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Our nodes beside models of other designs, on the same lines and by the same bound. */
final class DesignsExperiment {

    private static final String OURS = "swarm";

    private static final List<Design> DESIGNS = List.of(
            new Star(),
            new Pipeline(1),
            new Pipeline(2),
            new WholeRelay(),
            new BitTorrent(),
            new Kraken(),
            new Dragonfly());

    private final Options options;
    private final List<Integer> nodes;
    private final List<Long> sizes;
    private final Map<String, Map<String, @Nullable Outcome>> outcomes = new LinkedHashMap<>();

    /** @param known points of our own that need not be run again */
    DesignsExperiment(Options options, List<Measurement> known) {
        this.options = options;
        this.nodes = options.quick() ? List.of(8) : List.of(8, 50, 200, 1_000);
        this.sizes = options.quick() ? List.of(10 * MIB) : List.of(10 * MIB, 256 * MIB);
        Map<String, @Nullable Outcome> own = new TreeMap<>();
        outcomes.put(OURS, own);
        for (long bytes : sizes) {
            for (int count : nodes) {
                Measurement measured = known.stream()
                        .filter(point ->
                                point.load().nodes() == count && point.load().bytes() == bytes)
                        .findFirst()
                        .orElseGet(() -> Measurement.of(options, count, bytes, Circumstance.CLEAN));
                own.put(point(count, bytes), measured.outcome());
            }
        }
        List<Supplier<Map<String, @Nullable Outcome>>> planned = new ArrayList<>();
        DESIGNS.forEach(design -> planned.add(() -> run(design)));
        List<Map<String, @Nullable Outcome>> found = Measurement.all(options, planned);
        for (int i = 0; i < found.size(); i++) {
            outcomes.put(DESIGNS.get(i).name(), found.get(i));
        }
    }

    private Map<String, @Nullable Outcome> run(Design design) {
        Map<String, @Nullable Outcome> found = new TreeMap<>();
        for (long bytes : sizes) {
            for (int count : nodes) {
                double expected = design.microsPerParcel() / 1e6 * count * bytes / (64 * KIB);
                if (expected > options.budgetSeconds()) {
                    continue;
                }
                double start = Measurement.threadSeconds();
                Outcome outcome = Lines.run(
                        design,
                        options.seed(),
                        count,
                        bytes,
                        () -> Measurement.threadSeconds() - start > 3 * options.budgetSeconds());
                found.put(point(count, bytes), outcome.complete() ? outcome : null);
                System.err.println(design.name() + ", " + point(count, bytes) + ": "
                        + (outcome.complete() ? figure(3, outcome.ratio()) : "given up") + " in "
                        + figure(1, Measurement.threadSeconds() - start) + " s");
            }
        }
        return found;
    }

    private static String point(int nodes, long bytes) {
        return Measurement.size(bytes) + ", " + nodes;
    }

    Map<String, Map<String, @Nullable Outcome>> outcomes() {
        return outcomes;
    }

    /** A bar for each design, at the largest point that all have. */
    String bars() {
        String shown = "";
        for (long bytes : sizes) {
            for (int count : nodes) {
                String point = point(count, bytes);
                boolean all = outcomes.values().stream().allMatch(found -> found.get(point) != null);
                shown = all ? point : shown;
            }
        }
        List<Chart.Series> series = new ArrayList<>();
        for (Map.Entry<String, Map<String, @Nullable Outcome>> design : outcomes.entrySet()) {
            Outcome outcome = design.getValue().get(shown);
            if (outcome != null) {
                series.add(new Chart.Series(design.getKey(), List.of(0.0, outcome.ratio())));
            }
        }
        return Chart.bars("Makespan by lower bound: " + shown + " nodes", "÷ bound", series);
    }

    Table table() {
        List<String> head = new ArrayList<>(List.of("design"));
        sizes.forEach(bytes -> nodes.forEach(count -> head.add(point(count, bytes))));
        Table table = new Table(head.toArray(String[]::new));
        outcomes.forEach((design, found) -> {
            List<String> cells = new ArrayList<>(List.of(design));
            head.subList(1, head.size()).forEach(point -> cells.add(cell(found.get(point))));
            table.add(cells.toArray(String[]::new));
        });
        return table;
    }

    private static String cell(@Nullable Outcome outcome) {
        return outcome == null ? "skipped" : figure(2, outcome.ratio()) + " (" + figure(2, outcome.copies()) + ")";
    }

    String sources() {
        StringBuilder text = new StringBuilder();
        DESIGNS.forEach(design -> text.append("- ")
                .append(design.name())
                .append(": ")
                .append(design.source())
                .append('\n'));
        return text.toString();
    }
}
