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

/** Takes a blob away from the fleet. */
@Command(
        name = "revoke",
        description = "Revoke a blob: every node deletes its copy.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm revoke firmware.bin")
final class RevokeCommand implements Callable<Integer> {

    @Parameters(paramLabel = "SHA|LABEL", description = "Which blob.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private Output output = new Output();

    RevokeCommand() {}

    @Override
    public Integer call() throws IOException {
        StoredState.Seed seed = new StoredState(data.path()).find(key);
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("verb", "revoke");
        request.put("sha256", seed.blob().hex());
        Control.call(data.controlSocket(), request);
        output.writer()
                .println("revoked " + seed.blob() + "  "
                        + Printable.of(seed.entry().label().name()));
        return 0;
    }
}
