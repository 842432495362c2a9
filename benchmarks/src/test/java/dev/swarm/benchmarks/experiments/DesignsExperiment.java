package dev.swarm.benchmarks.experiments;

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
        DESIGNS.forEach(design -> outcomes.put(design.name(), run(design)));
    }

    private Map<String, @Nullable Outcome> run(Design design) {
        Map<String, @Nullable Outcome> found = new TreeMap<>();
        for (long bytes : sizes) {
            for (int count : nodes) {
                long start = System.nanoTime();
                Outcome outcome = Lines.run(
                        design,
                        options.seed(),
                        count,
                        bytes,
                        () -> System.nanoTime() - start > 2e9 * options.budgetSeconds());
                found.put(point(count, bytes), outcome.complete() ? outcome : null);
                System.err.println(design.name() + ", " + point(count, bytes) + ": "
                        + (outcome.complete() ? figure(3, outcome.ratio()) : "given up") + " in "
                        + figure(1, (System.nanoTime() - start) / 1e9) + " s");
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
