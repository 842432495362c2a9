package dev.swarm.examples.control;

import dev.swarm.SwarmException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a command hears of the verb that it asked for: what that gave, or why it failed, with the exit code. */
final class VerbAnswer {

    private static final Logger log = LoggerFactory.getLogger(VerbAnswer.class);

    private VerbAnswer() {}

    /** A verb with what it is asked. */
    @FunctionalInterface
    interface Call {

        /** Runs the verb. */
        Map<String, @Nullable Object> run() throws Exception;
    }

    /**
     * Runs a verb.
     *
     * @param name as it was asked for
     * @param call null if there is none of that name
     */
    static Map<String, @Nullable Object> of(@Nullable Object name, @Nullable Call call) {
        if (call == null) {
            return failure("the node does not know the verb " + name + "; is it of another version?", 1);
        }
        try {
            return call.run();
        } catch (SwarmException e) {
            return failure(String.valueOf(e.getMessage()), e.reason() == SwarmException.Reason.NOT_FOUND ? 3 : 1);
        } catch (IllegalArgumentException e) {
            return failure(String.valueOf(e.getMessage()), 2);
        } catch (Exception e) {
            log.debug("verb {} failed", name, e);
            return failure(e instanceof IOException ? String.valueOf(e.getMessage()) : e.toString(), 1);
        }
    }

    private static Map<String, @Nullable Object> failure(String why, int exitCode) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("error", why);
        members.put("exit", (long) exitCode);
        return members;
    }
}
