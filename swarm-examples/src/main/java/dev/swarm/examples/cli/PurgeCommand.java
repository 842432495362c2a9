package dev.swarm.examples.cli;

import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Clears the list of what was revoked. */
@Command(
        name = "purge",
        description = "Take revoked blobs out of what this node lists. They stay revoked.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm purge")
final class PurgeCommand implements Callable<Integer> {

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private Output output = new Output();

    PurgeCommand() {}

    @Override
    public Integer call() throws IOException {
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("verb", "purge");
        Map<String, @Nullable Object> answer = Control.call(data.controlSocket(), request);
        if (output.isJson()) {
            output.print(json -> JsonText.writeValue(json, answer));
        } else {
            output.writer().println("purged " + answer.get("purged"));
        }
        return 0;
    }
}
