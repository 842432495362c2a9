package dev.swarm.benchmarks.experiments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.benchmarks.designs.BitTorrent;
import dev.swarm.benchmarks.designs.Design;
import dev.swarm.benchmarks.designs.Dragonfly;
import dev.swarm.benchmarks.designs.Kraken;
import dev.swarm.benchmarks.designs.Lines;
import dev.swarm.benchmarks.designs.Pipeline;
import dev.swarm.benchmarks.designs.Star;
import dev.swarm.benchmarks.designs.WholeRelay;
import dev.swarm.sim.Distribution.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExperimentsTest {

    private static final long SEED = Long.getLong("swarm.seed", 20_261_121L);

    /** A design and what it takes by the bound, at least and at most, to seven receivers. */
    record Expected(Design design, double least, double most) {}

    static Stream<Expected> designs() {
        return Stream.of(
                new Expected(new Star(), 6.9, 7.1),
                new Expected(new Pipeline(1), 1, 1.1),
                new Expected(new Pipeline(2), 1.9, 2.1),
                new Expected(new WholeRelay(), 2.9, 3.1),
                new Expected(new BitTorrent(), 1.1, 4),
                new Expected(new Kraken(), 3, 8),
                new Expected(new Dragonfly(), 3, 8));
    }

    @ParameterizedTest
    @MethodSource("designs")
    void run_sevenReceivers_takesWhatTheDesignTakes(Expected expected) {
        Outcome outcome = Lines.run(expected.design, SEED, 8, 10 << 20, () -> false);

        assertThat(outcome.complete()).isTrue();
        assertThat(outcome.ratio()).isBetween(expected.least, expected.most);
        assertThat(outcome.copies()).isGreaterThanOrEqualTo(1);
    }

    @Test
    void run_sameSeed_writesTheSamePageButForTheTimeItTook(@TempDir Path first, @TempDir Path second) throws Exception {
        Experiments.main(new String[] {"--quick", "--out", first.toString()});
        Experiments.main(new String[] {"--quick", "--out", second.toString()});

        List<String> page = Files.readAllLines(first.resolve("experiments.md"));
        assertThat(withoutTime(page)).isEqualTo(withoutTime(Files.readAllLines(second.resolve("experiments.md"))));
        assertThat(ratioOf(page, "| 10 MiB | 8 |")).isBetween(1.0, 1.35);
        try (Stream<Path> charts = Files.list(first.resolve("experiments"))) {
            for (Path chart : charts.toList()) {
                assertThat(Files.readString(chart))
                        .startsWith("<svg ")
                        .endsWith("</svg>\n")
                        .doesNotContain("NaN")
                        .isEqualTo(
                                Files.readString(second.resolve("experiments").resolve(chart.getFileName())));
            }
        }
        assertThat(first.resolve("experiments")).isDirectoryContaining("glob:**.svg");
    }

    @Test
    void of_moreThanTheBudget_isSkippedAndSaysWhy() {
        Options options = Options.parse(List.of("--budget", "1"));

        Measurement point = Measurement.of(options, 1_000, 10 << 20, dev.swarm.sim.Distribution.Circumstance.CLEAN);

        assertThat(point.outcome()).isNull();
        assertThat(point.skipped()).matches("skipped: about \\d+ s of processor time");
    }

    @Test
    void point_smallFleet_saysWhatItTook() {
        String said = Point.parse("8x1MiB").run(Options.parse(List.of()));

        assertThat(said)
                .matches(
                        "8 nodes, 1 MiB in 16 units of 64 KiB: makespan 0\\.\\d+ s, \\d\\.\\d+ of the bound; seeder's copies 1\\.\\d+,"
                                + " 0\\.00 % came twice; a leaf's second copy comes \\d+ ms after its first, that of half the receivers"
                                + " \\d+ ms, the last \\d+ ms; \\d+ s by the clock, \\d+ s of processor time, \\d+ MiB of live heap");
        assertThatThrownBy(() -> Point.parse("8 nodes"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10000x10MiB");
    }

    @Test
    void fittingScale_moreThanSomeMinutes_modelsLeavesAsOne() {
        assertThat(Point.parse("1000x1GiB").fittingScale(1)).isEqualTo(1);
        assertThat(Point.parse("10000x10MiB").fittingScale(1)).isEqualTo(1);
        assertThat(Point.parse("10000x1GiB").fittingScale(1)).isEqualTo(32);
    }

    @Test
    void parse_outputOfTheLab_yieldsItsRounds() {
        String line =
                "round 1: makespan 12.34 s, bound 11.22 s, ratio 1.10; first receiver at 100 % of the bound, last at 110 %;"
                        + " seeder's copies 1.03, links' 1.02; 3.50 CPU-s/GiB";

        List<LabComparison.Round> rounds =
                LabComparison.parse(List.of("something else", line, "8 hosts on lines of 50 Mbit/s each way", line));

        assertThat(rounds)
                .containsExactly(
                        new LabComparison.Round(200, "1", 12.34, 11.22, 1.10, 1.03),
                        new LabComparison.Round(50, "1", 12.34, 11.22, 1.10, 1.03));
        assertThat(rounds.get(0).bytes()).isEqualTo(256 << 20);
        assertThat(rounds.get(1).bytes()).isEqualTo(64 << 20);
    }

    @Test
    void parse_unknownOption_isRefused() {
        assertThatThrownBy(() -> Options.parse(List.of("--qick")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--qick");
    }

    private static List<String> withoutTime(List<String> page) {
        return page.stream().map(line -> line.replaceAll("\\| [^|]* \\|$", "")).toList();
    }

    private static double ratioOf(List<String> page, String row) {
        String found =
                page.stream().filter(line -> line.startsWith(row)).findFirst().orElseThrow();
        return Double.parseDouble(found.split("\\|", -1)[5].strip());
    }
}
