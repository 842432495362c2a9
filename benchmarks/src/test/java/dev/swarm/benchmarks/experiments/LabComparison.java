package dev.swarm.benchmarks.experiments;

import static dev.swarm.benchmarks.experiments.Measurement.figure;

import dev.swarm.sim.Distribution.Circumstance;
import dev.swarm.sim.Distribution.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What real nodes took in the lab beside what the simulator says of the same load: eight nodes, 200 Mbit/s. */
final class LabComparison {

    private static final int NODES = 8;

    /** What TCP can carry on a line of 200 Mbit/s, in bytes a second: the lab's bound is taken at it. */
    private static final double LAB_RATE = 191.4e6 / 8;

    private static final Pattern ROUND = Pattern.compile(
            "round (\\d+): makespan ([\\d.]+) s, bound ([\\d.]+) s, ratio ([\\d.]+);.*seeder's copies ([\\d.]+),.*");

    /** One round in the lab; its bound is that of one copy on one line, which tells the size of the file. */
    record Round(String number, double makespan, double bound, double ratio, double copies) {

        /** To the nearest mebibyte. */
        long bytes() {
            return Math.round(bound * LAB_RATE / Measurement.MIB) * Measurement.MIB;
        }
    }

    private final Options options;
    private final List<Round> rounds;

    /** The rounds that docs/performance.md tells of: their ratios, and the makespan that follows. */
    private static final List<Round> RECORDED =
            List.of(recorded("1", 1.30), recorded("2", 1.18), recorded("3", 1.18), recorded("4", 1.17));

    private static Round recorded(String number, double ratio) {
        double bound = 256 * Measurement.MIB / LAB_RATE;
        return new Round("recorded " + number, ratio * bound, bound, ratio, 1.02);
    }

    /** What is on record. */
    LabComparison(Options options) {
        this.options = options;
        this.rounds = RECORDED;
    }

    LabComparison(Options options, Path file) throws IOException {
        this.options = options;
        this.rounds = parse(Files.readAllLines(file));
        if (rounds.isEmpty()) {
            throw new IllegalArgumentException(
                    file + " has no line that begins with \"round\", as lab/distribution.sh prints");
        }
    }

    static List<Round> parse(List<String> lines) {
        return lines.stream()
                .map(ROUND::matcher)
                .filter(Matcher::matches)
                .map(found -> new Round(
                        found.group(1),
                        Double.parseDouble(found.group(2)),
                        Double.parseDouble(found.group(3)),
                        Double.parseDouble(found.group(4)),
                        Double.parseDouble(found.group(5))))
                .toList();
    }

    Table table() {
        Table table = new Table(
                "blob",
                "round",
                "lab: makespan s",
                "÷ bound",
                "seeder's copies",
                "simulator: makespan s",
                "÷ bound",
                "seeder's copies");
        for (Round round : rounds) {
            Outcome outcome = Measurement.of(options, NODES, round.bytes(), Circumstance.CLEAN)
                    .outcome();
            table.add(
                    Measurement.size(round.bytes()),
                    round.number(),
                    figure(2, round.makespan()),
                    figure(2, round.ratio()),
                    figure(2, round.copies()),
                    outcome == null ? "skipped" : figure(2, outcome.makespan()),
                    outcome == null ? "" : figure(2, outcome.ratio()),
                    outcome == null ? "" : figure(2, outcome.copies()));
        }
        return table;
    }
}
