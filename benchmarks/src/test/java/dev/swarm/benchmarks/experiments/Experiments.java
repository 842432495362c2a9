package dev.swarm.benchmarks.experiments;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Runs the experiments that it is asked for and reports on them. */
public final class Experiments {

    private Experiments() {}

    /** As {@code benchmarks/bin/experiments --help} tells. */
    public static void main(String[] arguments) throws IOException {
        Options options = Options.parse(List.of(arguments));
        String point = options.point();
        if (point == null) {
            run(options).publish();
        } else {
            System.out.println(Point.parse(point).run(options));
        }
    }

    static Report run(Options options) throws IOException {
        Report report = new Report(options);
        List<Measurement> own = List.of();
        if (options.wants("scale")) {
            ScaleExperiment scale = new ScaleExperiment(options);
            own = scale.points();
            report.scale(scale);
        }
        if (options.wants("circumstances")) {
            report.circumstances(new CircumstancesExperiment(options));
        }
        if (options.wants("designs")) {
            report.designs(new DesignsExperiment(options, own));
        }
        Path lab = options.validate();
        if (options.wants("validate")) {
            report.lab(lab == null ? new LabComparison(options) : new LabComparison(options, lab));
        }
        report.bindings();
        return report;
    }
}
