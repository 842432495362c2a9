package dev.swarm.examples.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The blobs of the fleet. */
@Command(
        name = "list",
        description = "List the fleet's blobs, active and revoked.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm list --json")
final class ListCommand implements Callable<Integer> {

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private Output output = new Output();

    ListCommand() {}

    @Override
    public Integer call() throws IOException {
        SeedListing.print(new StoredState(data.path()).seeds(), output);
        return 0;
    }
}
