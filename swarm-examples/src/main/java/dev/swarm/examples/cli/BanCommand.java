package dev.swarm.examples.cli;

import dev.swarm.examples.view.Printable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a blob away from the fleet for good. */
@Command(
        name = "ban",
        description = "Ban a blob, as an operator: every node deletes its copy and takes none again.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm ban 9f86d081")
final class BanCommand implements Callable<Integer> {

    @Parameters(paramLabel = "SHA|LABEL", description = "Which blob.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private Output output = new Output();

    BanCommand() {}

    @Override
    public Integer call() throws IOException {
        StoredState.Seed seed = new StoredState(data.path()).find(key);
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("verb", "ban");
        request.put("sha256", seed.blob().hex());
        Control.call(data.controlSocket(), request);
        output.writer()
                .println("banned " + seed.blob() + "  "
                        + Printable.of(seed.entry().label().name()));
        return 0;
    }
}
