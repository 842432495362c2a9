package dev.swarm.examples.cli;

import dev.swarm.Printable;
import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.SystemAdapters;
import dev.swarm.disk.DiskGate;
import dev.swarm.examples.config.NodeFile;
import dev.swarm.examples.control.NoNodeException;
import dev.swarm.examples.control.NodeForbiddenException;
import dev.swarm.examples.doctor.Check;
import dev.swarm.examples.doctor.CredentialCheck;
import dev.swarm.examples.doctor.DataChecks;
import dev.swarm.examples.doctor.NodeChecks;
import dev.swarm.examples.doctor.ProcessChecks;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks for what commonly keeps a node from doing its work. */
@Command(
        name = "doctor",
        description =
                "Look for what commonly goes wrong, and say what to do about it. Exits with 1 if something is wrong.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm doctor --json")
final class DoctorCommand implements Callable<Integer> {

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private Output output = new Output();

    @Option(names = "--cert", paramLabel = "C", description = "The node's certificate, if no node runs that tells.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "K", description = "Its private key.")
    private @Nullable Path key;

    @Option(names = "--ca", paramLabel = "A", description = "The fleet authority's certificate.")
    private @Nullable Path authority;

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration file.")
    private @Nullable Path config;

    DoctorCommand() {}

    /** Whether there is a node to ask. */
    private enum Standing {
        RUNS,
        GONE,
        NOT_ALLOWED
    }

    /**
     * What became of asking.
     *
     * @param report what the node told, empty if it did not
     */
    private record Asked(Standing standing, Map<String, @Nullable Object> report) {}

    @Override
    public Integer call() throws IOException {
        List<Check> checks = new ArrayList<>();
        Asked asked = ask(checks);
        Map<String, @Nullable Object> report = asked.report();
        Map<String, @Nullable Object> state = state(checks);
        Instant now = SystemAdapters.wallClock().instant();
        boolean stateUsed = checks.stream().noneMatch(check -> check.name().equals("state-files"));
        checks.addAll(network(asked, state));
        if (stateUsed) {
            checks.add(stateFile(asked, state, now));
        }
        checks.add(credentials(report, now));
        checks.add(configuration(report, state));
        checks.add(DataChecks.gates(state));
        checks.add(descriptors(asked));
        checks.addAll(DataChecks.disks(data.path(), DiskGate.SpaceProbe.fileStores(), minFree(asked, state)));
        checks.add(DataChecks.seeds(state));
        checks.add(DataChecks.leftovers(data.path()));
        show(checks);
        return checks.stream().allMatch(Check::ok) ? 0 : CommandFailure.FAILED;
    }

    /** Asks the running node; whether there is one is the first check. */
    private Asked ask(List<Check> checks) throws IOException {
        try {
            Map<String, @Nullable Object> report =
                    Control.call(data.controlSocket(), new LinkedHashMap<>(Map.of("verb", "health")));
            checks.add(new Check("node", true, "it runs on " + data.path(), ""));
            return new Asked(Standing.RUNS, report);
        } catch (NodeForbiddenException e) {
            checks.add(Check.skipped("node", data.controlSocket() + " is not accessible to this user"));
            return new Asked(Standing.NOT_ALLOWED, new LinkedHashMap<>());
        } catch (NoNodeException e) {
            checks.add(failed("node", String.valueOf(e.getMessage()), "start one with 'swarm node'"));
            return new Asked(Standing.GONE, new LinkedHashMap<>());
        } catch (CommandFailure e) {
            checks.add(new Check("node", true, "it runs on " + data.path(), ""));
            checks.add(failed(
                    "version", String.valueOf(e.getMessage()), "restart the node, so that it runs what is installed"));
            return new Asked(Standing.RUNS, new LinkedHashMap<>());
        }
    }

    private static List<Check> network(Asked asked, Map<String, @Nullable Object> state) {
        return switch (asked.standing()) {
            case RUNS -> asked.report().isEmpty() ? List.of() : NodeChecks.of(asked.report(), SwarmNode.version());
            case GONE -> List.of(ProcessChecks.port(port(state)));
            case NOT_ALLOWED -> NodeChecks.unasked(state);
        };
    }

    private Check stateFile(Asked asked, Map<String, @Nullable Object> state, Instant now) {
        return switch (asked.standing()) {
            case RUNS -> DataChecks.stateFile(state, cycle(asked.report()), now);
            case GONE -> DataChecks.orphanedStateFile(state, Files.exists(data.controlSocket()), now);
            case NOT_ALLOWED -> DataChecks.unaskedStateFile(state, cycle(state), now);
        };
    }

    private static Check descriptors(Asked asked) {
        return asked.standing() == Standing.NOT_ALLOWED
                ? Check.skipped("descriptors", "they are the node's, and this user may not ask it")
                : ProcessChecks.descriptors(
                        Path.of("/proc", asked.report().get("pid") instanceof Long pid ? pid.toString() : "self"));
    }

    /** What has to be free: as the node says, or has written if it may not be asked. */
    private static double minFree(Asked asked, Map<String, @Nullable Object> state) {
        Object told = asked.standing() == Standing.NOT_ALLOWED
                ? state.get("min_free_pct")
                : asked.report().get("min_free_pct");
        return told instanceof Number least ? least.doubleValue() : NodeCommand.minFree(null);
    }

    private static Check failed(String name, String message, String remedy) {
        int end = message.indexOf("; ");
        return new Check(name, false, end < 0 ? message : message.substring(0, end), remedy);
    }

    /** What the node wrote last, empty if there is nothing; why it cannot be used is a check. */
    private Map<String, @Nullable Object> state(List<Check> checks) throws IOException {
        Path file = data.path().resolve("state.json");
        try {
            if (Files.exists(data.path()) && !Files.isDirectory(data.path())) {
                return new LinkedHashMap<>();
            }
            return new LinkedHashMap<>(JsonText.readObject(Files.readString(file)));
        } catch (NoSuchFileException e) {
            return new LinkedHashMap<>();
        } catch (AccessDeniedException e) {
            checks.add(Check.skipped("state-files", file + " is not accessible to this user"));
            return new LinkedHashMap<>();
        } catch (IllegalArgumentException e) {
            checks.add(failed(
                    "state-files",
                    "state.json cannot be read: " + e.getMessage(),
                    "wait for the node to write it anew, or start one"));
            return new LinkedHashMap<>();
        }
    }

    private static Duration cycle(Map<String, @Nullable Object> told) {
        return told.get("cycle_ms") instanceof Long millis ? Duration.ofMillis(millis) : SwarmConfig.DEFAULT_CYCLE;
    }

    private static int port(Map<String, @Nullable Object> state) {
        return state.get("listen") instanceof String listen
                ? PeerAddress.parse(listen).port()
                : SwarmConfig.DEFAULT_PORT;
    }

    private Check credentials(Map<String, @Nullable Object> report, Instant now) {
        Path shown = given(certificate, report.get("certificate"));
        Path proof = given(key, report.get("key"));
        Path issuer = given(authority, report.get("authority"));
        return shown == null || proof == null || issuer == null
                ? new Check("certificate", true, "not looked at; name it with --cert, --key and --ca", "")
                : CredentialCheck.of(shown, proof, issuer, now);
    }

    private Check configuration(Map<String, @Nullable Object> report, Map<String, @Nullable Object> state)
            throws IOException {
        Path file = given(config, report.get("config"));
        if (file == null) {
            return new Check("config", true, "there is no configuration file", "");
        }
        try {
            NodeFile read = NodeFile.read(file);
            if (state.get("host") instanceof String host && !read.enabled().allows(new PeerId(host))) {
                return new Check(
                        "config",
                        false,
                        "swarm.enabled [" + read.enabled() + "] in " + file + " does not let " + host + " in",
                        "let it in, if a node is to run here");
            }
            return new Check("config", true, file + " can be used", "");
        } catch (IllegalArgumentException e) {
            String problem = String.valueOf(e.getMessage());
            int end = problem.indexOf("; ");
            return failed("config", problem, end < 0 ? "correct that line" : problem.substring(end + 2));
        }
    }

    private static @Nullable Path given(@Nullable Path flag, @Nullable Object told) {
        if (flag != null) {
            return flag;
        }
        return told instanceof String path ? Path.of(path) : null;
    }

    private void show(List<Check> checks) {
        if (output.isJson()) {
            Map<String, @Nullable Object> document = new LinkedHashMap<>();
            document.put("checks", checks.stream().map(Check::toMap).toList());
            output.print(json -> JsonText.writeValue(json, document));
            return;
        }
        for (Check check : checks) {
            String remedy = check.remedy().isEmpty() ? "" : "; " + check.remedy();
            output.writer()
                    .println((check.skipped() ? "skip  " : check.ok() ? "ok    " : "FAIL  ")
                            + Printable.of(check.name() + ": " + check.finding() + remedy));
        }
    }
}
