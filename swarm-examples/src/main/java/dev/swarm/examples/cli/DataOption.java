package dev.swarm.examples.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The node's directory, as every verb takes it. */
final class DataOption {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "The node's directory. Default: $SWARM_DATA, else /var/lib/swarm for root,"
                    + " $HOME/.local/share/swarm for others.")
    private @Nullable Path data;

    DataOption() {}

    Path path() {
        Path given = data;
        return given != null
                ? given
                : defaultPath(System.getenv("SWARM_DATA"), System.getProperty("user.name"), NodeUsers.home());
    }

    /** Whether somebody said which directory it is. */
    boolean isGiven() {
        String environment = System.getenv("SWARM_DATA");
        return data != null || (environment != null && !environment.isEmpty());
    }

    static Path defaultPath(@Nullable String environment, String user, Path home) {
        if (environment != null && !environment.isEmpty()) {
            return Path.of(environment);
        }
        return user.equals("root")
                ? Path.of("/var/lib/swarm")
                : home.resolve(".local").resolve("share").resolve("swarm");
    }

    Path controlSocket() {
        return path().resolve("control.sock");
    }
}
