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

            Written by `benchmarks/bin/experiments --out docs`, with all text and figures: change `Report` and its neighbours, not this file.
            The nodes are those that ship, in virtual time; every figure but the wall seconds follows from the seed SEED.

            Lines carry 25 MB/s each way with fair queueing and are a millisecond apart. There is one seeder; all the others receive. The bound is what
            no schedule can beat (Mundinger, Weber, Weiss 2008: F/u (1 + ⌊log₂ N⌋/M) for F bytes in M units to N receivers with uplinks u; Kumar, Ross
            2006 where lines differ). A node counts as done when its copy is verified and committed, which takes 5 ms on the modelled disk.
            """;

    private final Options options;
    private final StringBuilder page = new StringBuilder();
    private final Map<String, String> charts = new LinkedHashMap<>();

    Report(Options options) {
        this.options = options;
        page.append(HEAD.replace("SEED", Long.toString(options.seed())));
    }

    void scale(ScaleExperiment experiment) {
        page.append("""

                ## Fleets and blobs by size

                The unit is a leaf of 64 KiB. Where a fleet has fewer units than the blob has leaves, size, rate and unit were divided alike, so that time
                stays what it is and units are coarser; what the nodes tell each other then takes a larger share of the lines than it would.

                """).append(experiment.table());
    }

    void circumstances(CircumstancesExperiment experiment) {
        page.append("""

                ## Under circumstances

                Flash crowd: receivers start within a second of the publication and know the seeder's address. Half late: every other one starts when half of
                the bound is over, and the bound is one and a half. Churn: each second a receiver crashes with the chance that makes a fifth a minute, and
                is back after 5 s; the others count. Slow: a tenth of the receivers have 1 % of the rate; the others count. Liars: a fifth of the
                receivers serve garbage; the others count. Sites: three, each behind one line of 5 MB/s, 20 ms away; WAN copies is how often the blob's size,
                with all messages, came in over the line that carried most.

                """).append(experiment.table());
    }

    void designs(DesignsExperiment experiment) {
        page.append("""

                ## Other designs

                Makespan by bound and, in brackets, the seeder's copies. The others are models on the same lines with published defaults. They know at once
                what their neighbours hold, hash nothing and lose nothing; where they are swarms, all nodes are there from the start and have been told of
                each other.

                """).append(experiment.table()).append('\n').append(experiment.sources());
    }

    String text() {
        return page.toString();
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
