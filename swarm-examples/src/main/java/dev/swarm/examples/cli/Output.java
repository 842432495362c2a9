package dev.swarm.examples.cli;

import dev.swarm.trait.JsonText;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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

    /** Prints the whole of an answer as JSON, or else a text that says as much. */
    void print(Map<String, @Nullable Object> answer, String text) {
        if (json) {
            print(each -> JsonText.writeValue(each, answer));
        } else {
            writer().println(text);
        }
    }

    private CommandLine commandLine() {
        return spec.commandLine();
    }
}
