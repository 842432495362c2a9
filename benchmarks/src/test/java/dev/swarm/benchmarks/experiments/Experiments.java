package dev.swarm.benchmarks.experiments;

import java.io.IOException;
import java.util.List;

/** Runs the experiments that it is asked for and reports on them. */
public final class Experiments {

    private Experiments() {}

    /** As {@code benchmarks/bin/experiments --help} tells. */
    public static void main(String[] arguments) throws IOException {
        Report report = run(Options.parse(List.of(arguments)));
        report.publish();
    }

    static Report run(Options options) {
        Report report = new Report(options);
        if (options.wants("scale")) {
            report.scale(new ScaleExperiment(options));
        }
        if (options.wants("circumstances")) {
            report.circumstances(new CircumstancesExperiment(options));
        }
        return report;
    }
}
