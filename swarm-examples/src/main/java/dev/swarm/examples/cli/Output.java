package dev.swarm.examples.cli;

import dev.swarm.trait.JsonText;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a reading verb shows what it found. */
final class Output {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON document and nothing else.")
    private boolean json;

    Output() {}

    boolean isJson() {
        return json;
    }

    PrintWriter writer() {
        return commandLine().getOut();
    }

    PrintWriter errors() {
        return commandLine().getErr();
    }

    void print(JsonText.Content content) {
        writer().println(JsonText.write(content));
    }

    private CommandLine commandLine() {
        return spec.commandLine();
    }
}
