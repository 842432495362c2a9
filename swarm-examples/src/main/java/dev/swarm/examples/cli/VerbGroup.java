package dev.swarm.examples.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A word that does nothing by itself, with verbs that do. */
abstract class VerbGroup implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    VerbGroup() {}

    @Override
    public void run() {
        List<String> verbs = spec.subcommands().keySet().stream().sorted().toList();
        String all = String.join(", ", verbs.subList(0, verbs.size() - 1));
        String last = verbs.get(verbs.size() - 1);
        throw new ParameterException(
                spec.commandLine(), "a verb is missing: " + (all.isEmpty() ? last : all + " or " + last));
    }

    /** Where verbs print. */
    PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
