package dev.swarm.examples.cli;

import dev.swarm.examples.control.SessionClient;
import dev.swarm.user.UserName;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which node and which of its users a verb is for. */
final class SessionOption {

    @Mixin
    private DataOption data = new DataOption();

    @Option(names = "--user", paramLabel = "NAME", description = "The user. Default: the person who gives the command.")
    private @Nullable String user;

    SessionOption() {}

    Path controlSocket() {
        return data.controlSocket();
    }

    /** Asks the node for the user. */
    Map<String, @Nullable Object> call(SessionRequest request) throws IOException {
        return callAndWipe(request, new char[0]);
    }

    /** Asks the node for the user, and tells it a secret, which is wiped whatever comes of it. */
    Map<String, @Nullable Object> callAndWipe(SessionRequest request, char[] secret) throws IOException {
        try {
            return Control.requireDone(SessionClient.call(socket(), request.members(), secret));
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    /** Asks the node for the user, with content in both directions. */
    Map<String, @Nullable Object> exchange(SessionRequest request, InputStream source, OutputStream target)
            throws IOException {
        return Control.requireDone(SessionClient.exchange(socket(), request.members(), source, target));
    }

    /**
     * The user's socket, in the home that the node has for them; without a node's word, as where nobody named its directory, in
     * the home of this process. Where a directory was named, no other node answers for the one on it.
     */
    Path socket() throws IOException {
        if (data.isGiven() && Files.notExists(data.controlSocket())) {
            throw new CommandFailure(
                    CommandFailure.NO_NODE,
                    "no node is running on " + data.path() + "; start one with 'swarm node --data " + data.path()
                            + " ...'");
        }
        String name = user == null
                ? System.getProperty("user.name")
                : Given.read("--user", user, UserName::new).name();
        Map<String, Path> homes = homes();
        Path home = homes.get(name);
        if (home == null && user == null && homes.size() == 1) {
            home = homes.values().iterator().next();
        }
        if (home == null && user != null) {
            throw new CommandFailure(
                    CommandFailure.NOT_FOUND,
                    "the node on " + data.path() + " does not act for user " + name + "; it acts for "
                            + homes.keySet());
        }
        return (home == null ? NodeUsers.home() : home).resolve(".puddle").resolve(SessionSockets.NAME);
    }

    private Map<String, Path> homes() throws IOException {
        Map<String, Path> homes = new TreeMap<>();
        if (!data.isGiven() && Files.notExists(data.path())) {
            return homes;
        }
        Map<String, @Nullable Object> state = new StoredState(data.path()).document("state.json");
        if (state.get("users") instanceof Map<?, ?> users) {
            users.forEach((name, home) -> homes.put(String.valueOf(name), Path.of(String.valueOf(home))));
        }
        return homes;
    }
}
