package dev.swarm.benchmarks.experiments;

import static dev.swarm.benchmarks.experiments.Measurement.figure;

import dev.swarm.sim.Distribution.Circumstance;
import dev.swarm.sim.Distribution.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What real nodes took in the lab beside what the simulator says of the same load: eight nodes on lines of one rate. */
final class LabComparison {

    private static final int NODES = 8;

    private static final double USUAL_MEGABITS = 200;

    /** Bytes a second that TCP can carry for each Mbit/s of a line: the lab's bound is taken at it. */
    private static final double CARRIED = 191.4 / 200 * 1e6 / 8;

    private static final Pattern LINES = Pattern.compile(".*lines of ([\\d.]+) Mbit/s.*");

    private static final Pattern ROUND = Pattern.compile(
            "round (\\d+): makespan ([\\d.]+) s, bound ([\\d.]+) s, ratio ([\\d.]+);.*seeder's copies ([\\d.]+),.*");

    /** One round in the lab, on lines of one rate each way; its bound is that of one copy on one line, which tells the size of the file. */
    record Round(double megabits, String number, double makespan, double bound, double ratio, double copies) {

        /** To the nearest mebibyte. */
        long bytes() {
            return Math.round(bound * megabits * CARRIED / Measurement.MIB) * Measurement.MIB;
        }

        long rate() {
            return Math.round(megabits * 1e6 / 8);
        }
    }

    private final Options options;
    private final List<Round> rounds;

    /** The rounds of the largest files that docs/performance.md tells of: their ratios, and the makespan that follows. */
    private static final List<Round> RECORDED = List.of(
            recorded(200, 256, "1", 1.17, 1.03),
            recorded(200, 256, "2", 1.11, 1.02),
            recorded(200, 256, "3", 1.08, 1.01),
            recorded(50, 64, "1", 1.10, 1.04),
            recorded(50, 64, "2", 1.07, 1.02),
            recorded(50, 64, "3", 1.07, 1.03));

    private static Round recorded(double megabits, int mebibytes, String number, double ratio, double copies) {
        double bound = mebibytes * Measurement.MIB / (megabits * CARRIED);
        return new Round(megabits, "recorded " + number, ratio * bound, bound, ratio, copies);
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

    static List<Round> parse(List<String> printed) {
        List<Round> rounds = new ArrayList<>();
        double megabits = USUAL_MEGABITS;
        for (String line : printed) {
            Matcher lines = LINES.matcher(line);
            Matcher found = ROUND.matcher(line);
            if (lines.matches()) {
                megabits = Double.parseDouble(lines.group(1));
            } else if (found.matches()) {
                rounds.add(new Round(
                        megabits,
                        found.group(1),
                        Double.parseDouble(found.group(2)),
                        Double.parseDouble(found.group(3)),
                        Double.parseDouble(found.group(4)),
                        Double.parseDouble(found.group(5))));
            }
        }
        return rounds;
    }

    Table table() {
        Table table = new Table(
                "blob",
                "Mbit/s",
                "round",
                "lab: makespan s",
                "÷ bound",
                "seeder's copies",
                "simulator: makespan s",
                "÷ bound",
                "seeder's copies");
        for (Round round : rounds) {
            Outcome outcome = Measurement.of(options, NODES, round.bytes(), round.rate(), Circumstance.CLEAN)
                    .outcome();
            table.add(
                    Measurement.size(round.bytes()),
                    figure(0, round.megabits()),
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
