package dev.swarm.benchmarks.experiments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the experiments found, as a page with charts. Confined to one thread. */
final class Report {

    private static final String HEAD = """
            # Experiments

            Written by `benchmarks/bin/experiments --budget BUDGET --out docs`, text and figures: change `Report` and its neighbours, not this file.
            The nodes are those that ship, in virtual time; every figure but the processor seconds follows from the seed SEED.

            Lines carry 25 MB/s each way with fair queueing and are a millisecond apart. There is one seeder; all the others receive. The bound is what
            no schedule can beat (Mundinger, Weber, Weiss 2008: F/u (1 + ⌊log₂ N⌋/M) for F bytes in M units to N receivers with uplinks u; Kumar, Ross
            2006 where lines differ). A node counts as done when its copy is verified and committed, which takes 5 ms on the modelled disk.
            """;

    private final Options options;
    private final StringBuilder page = new StringBuilder();
    private final Map<String, String> charts = new LinkedHashMap<>();

    Report(Options options) {
        this.options = options;
        page.append(HEAD.replace("SEED", Long.toString(options.seed()))
                .replace("BUDGET", Long.toString(Math.round(options.budgetSeconds()))));
    }

    void scale(ScaleExperiment experiment) {
        page.append("""

                ## Fleets and blobs by size

                The unit is a leaf of 64 KiB, and nothing is scaled. What the command leaves out takes more processor time than its `--budget`; the estimate
                is for the machine that the figures in [performance.md](performance.md) are from. `--scale 16` models sixteen leaves as one, so that
                larger fleets and blobs fit, and is not used here, as what comes of it is more than it would be: units are coarser, and nodes report and
                wait as much longer.

                ![Makespan by bound over nodes](experiments/ratio.svg)

                ![When receivers were done](experiments/finish.svg)

                """).append(experiment.table());
        charts.put("ratio", experiment.ratios());
        charts.put("finish", experiment.finishes());
    }

    void circumstances(CircumstancesExperiment experiment) {
        page.append("""

                ## Under circumstances

                Flash crowd: receivers start within a second of the publication and know the seeder's address. Half late: every other one starts when half of
                the bound is over, and the bound is one and a half. Churn: each second a receiver crashes with the chance that makes a fifth a minute, and
                is back after 5 s; the others count. Slow: a tenth of the receivers have 1 % of the rate; the others count. Liars: a fifth of the
                receivers serve garbage; the others count. Sites: three, each behind one line of 5 MB/s, 20 ms away; WAN copies is how often the blob's size,
                with all messages, came in over the line that carried most. A site's router has a queue without end, and nothing slows down who sends to it, as TCP
                would; that makes the time there a worse one than it has to be.

                """).append(experiment.table());
    }

    /** Says of what is far from its bound what it waits for. */
    void bindings() {
        page.append("""

                ## What binds

                - Small blobs wait for messages, not for lines: the entry, the leaf hashes, the question and the leaf are a round trip each at every hop, and the
                  bound of 10 KiB is below the time that the modelled disk takes to commit.
                - 10 MiB are gone from the seeder in 0.4 s; what they take longer is the way of the last leaf through a fleet in which nobody knows everybody.
                - Larger blobs in large fleets: there is little at first that one node has and another lacks, so lines fill within a second or two, and nothing
                  makes up for that later, since receivers' lines carry no more than the seeder's. The leaf hashes are a two-thousandth of a blob; up to 48
                  nodes take them from the seeder, which is a fiftieth of its time.
                - A flash crowd takes up to the second in which it starts, then who came late has little that who came early lacks: a third of what the lines
                  carry is not used until the first are through. Where half of the nodes come late it is the same.
                - Liars: a leaf that went to one of them first is missed after a second, and until they are banned they take as much as the others.
                - Sites: content comes in over each thin line once, the rest of the WAN copies is messages. The seeder's site has nothing to wait for, and its
                  line carries more than one copy out, as the two others have each leaf to give only once they hold it.
                - More than 1,000 nodes are on segments of 250 and know thirty others from elsewhere, as no segment has so many. What they take is leaves and
                  reports: each of 24 neighbours is told every 60 ms of what is new, however coarse the units are.
                """);
    }

    void designs(DesignsExperiment experiment) {
        page.append("""

                ## Other designs

                Makespan by bound and, in brackets, the seeder's copies. The others are models on the same lines with published defaults. They know at once
                what their neighbours hold, hash nothing and lose nothing; where they are swarms, all nodes are there from the start and have been told of
                each other. Dragonfly's scheduler gives no new parents here while a download runs, as it does when a parent is slow, so its figures are too high.

                ![Makespan by bound of all designs](experiments/designs.svg)

                """).append(experiment.table()).append('\n').append(experiment.sources());
        charts.put("designs", experiment.bars());
    }

    void lab(LabComparison comparison) {
        page.append("""

                ## The lab beside the simulator

                Eight nodes. The lab's bound is at what TCP can carry, 191.4 of 200 Mbit/s; the simulator carries all of it without headers. Rounds that
                are called recorded are those of [performance.md](performance.md), where no output of `benchmarks/lab/distribution.sh` was given with
                `--validate`. What the lab has beside the simulator's figure is the processor, eight virtual machines on two cores: it binds on lines of
                200 Mbit/s and is idle for most of the time on those of 50.

                """).append(comparison.table());
    }

    /** Prints the page, or writes it and its charts where it was asked for. */
    void publish() throws IOException {
        Path out = options.out();
        if (out == null) {
            System.out.print(page);
            return;
        }
        Path pictures = Files.createDirectories(out.resolve("experiments"));
        Files.writeString(out.resolve("experiments.md"), page);
        for (Map.Entry<String, String> chart : charts.entrySet()) {
            Files.writeString(pictures.resolve(chart.getKey() + ".svg"), chart.getValue());
        }
    }
}
