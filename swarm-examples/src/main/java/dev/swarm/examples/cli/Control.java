package dev.swarm.examples.cli;

import dev.swarm.examples.control.ControlClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the node and turns its refusals into the command's own. */
final class Control {

    private Control() {}

    static Map<String, @Nullable Object> call(Path socket, Map<String, @Nullable Object> request) throws IOException {
        return requireDone(ControlClient.call(socket, request));
    }

    /** An answer, unless it says that the node refused. */
    static Map<String, @Nullable Object> requireDone(Map<String, @Nullable Object> answer) {
        if (answer.get("error") instanceof String error) {
            int exit = answer.get("exit") instanceof Long code ? code.intValue() : CommandFailure.FAILED;
            throw new CommandFailure(exit, error);
        }
        return answer;
    }
}
