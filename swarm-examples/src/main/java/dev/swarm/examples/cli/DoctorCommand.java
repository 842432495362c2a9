package dev.swarm.examples.cli;

import dev.swarm.Printable;
import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.SystemAdapters;
import dev.swarm.disk.DiskGate;
import dev.swarm.examples.control.NoNodeException;
import dev.swarm.examples.control.NodeForbiddenException;
import dev.swarm.examples.doctor.Check;
import dev.swarm.examples.doctor.ConfigCheck;
import dev.swarm.examples.doctor.CredentialCheck;
import dev.swarm.examples.doctor.DataChecks;
import dev.swarm.examples.doctor.NodeChecks;
import dev.swarm.examples.doctor.ProcessChecks;
import dev.swarm.examples.doctor.StartFiles;
import dev.swarm.examples.doctor.WrittenState;
import dev.swarm.peer.PeerAddress;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
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
    public Integer call() {
        List<Check> checks = new ArrayList<>();
        Asked asked = ask(checks);
        Map<String, @Nullable Object> report = asked.report();
        WrittenState written = WrittenState.read(data.path());
        Map<String, @Nullable Object> state = written.members();
        Instant now = SystemAdapters.wallClock().instant();
        StartFiles files = StartFiles.of(data.path(), report.get("pid") instanceof Long pid ? pid : null);
        Check unusable = written.problem();
        if (unusable != null) {
            checks.add(unusable);
        }
        checks.addAll(looked("tcp", () -> network(asked, state)));
        if (unusable == null) {
            checks.add(stateFile(asked, state, now));
        }
        checks.addAll(looked("certificate", () -> List.of(credentials(asked, files, now))));
        checks.addAll(looked("config", () -> List.of(configuration(asked, files, state))));
        checks.add(DataChecks.gates(state));
        checks.add(descriptors(asked));
        checks.addAll(looked(
                "disk", () -> DataChecks.disks(data.path(), DiskGate.SpaceProbe.fileStores(), minFree(asked, state))));
        checks.add(DataChecks.seeds(state));
        checks.addAll(looked("leftovers", () -> List.of(DataChecks.leftovers(data.path()))));
        show(checks);
        return checks.stream().allMatch(Check::ok) ? 0 : CommandFailure.FAILED;
    }

    /** What a look found; one that fails is a finding itself, and keeps nobody from looking further. */
    private static List<Check> looked(String name, Supplier<List<Check>> look) {
        try {
            return look.get();
        } catch (RuntimeException e) {
            return List.of(failed(name, e.getMessage() == null ? e.toString() : e.getMessage(), ""));
        }
    }

    /** Asks the running node; whether there is one is the first check. */
    private Asked ask(List<Check> checks) {
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
        } catch (IOException | IllegalArgumentException e) {
            checks.add(failed(
                    "node",
                    "what answers on " + data.controlSocket() + " cannot be understood: " + e.getMessage(),
                    "see the node's log, and restart it"));
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
        return switch (asked.standing()) {
            case RUNS ->
                asked.report().get("pid") instanceof Long pid
                        ? ProcessChecks.descriptors(Path.of("/proc", pid.toString()))
                        : Check.skipped("descriptors", "the node does not tell which process it is", "restart it");
            case GONE ->
                Check.skipped(
                        "descriptors",
                        "they are a node's, and none runs",
                        "start one with 'swarm node', and ask again");
            case NOT_ALLOWED -> Check.skipped("descriptors", "they are the node's, and this user may not ask it");
        };
    }

    /** What has to be free: as the node says, or has written if it may not be asked. */
    private static double minFree(Asked asked, Map<String, @Nullable Object> state) {
        Object told = asked.standing() == Standing.NOT_ALLOWED
                ? state.get("min_free_pct")
                : asked.report().get("min_free_pct");
        return told instanceof Number least ? least.doubleValue() : NodeCommand.minFree(null);
    }

    /** A failure told by a message that may end with a remedy, which a better one replaces. */
    private static Check failed(String name, String message, String remedy) {
        int end = message.indexOf("; ");
        String told = end < 0 ? "see the node's log" : message.substring(end + 2);
        return new Check(name, false, end < 0 ? message : message.substring(0, end), remedy.isEmpty() ? told : remedy);
    }

    private static Duration cycle(Map<String, @Nullable Object> told) {
        return told.get("cycle_ms") instanceof Long millis ? Duration.ofMillis(millis) : SwarmConfig.DEFAULT_CYCLE;
    }

    private static int port(Map<String, @Nullable Object> state) {
        return state.get("listen") instanceof String listen
                ? PeerAddress.parse(listen).port()
                : SwarmConfig.DEFAULT_PORT;
    }

    private Check credentials(Asked asked, StartFiles files, Instant now) {
        Path shown = given(certificate, asked.report().get("certificate"));
        Path proof = given(key, asked.report().get("key"));
        Path issuer = given(authority, asked.report().get("authority"));
        return shown == null || proof == null || issuer == null
                ? untold("certificate", asked, "name it with --cert, --key and --ca")
                : files.check(
                        "certificate",
                        List.of(shown, proof, issuer),
                        () -> CredentialCheck.of(shown, proof, issuer, now));
    }

    private Check configuration(Asked asked, StartFiles files, Map<String, @Nullable Object> state) {
        Path file = given(config, asked.report().get("config"));
        if (file == null) {
            return asked.report().isEmpty()
                    ? untold(ConfigCheck.NAME, asked, "name it with --config, if there is one")
                    : new Check(ConfigCheck.NAME, true, "there is no configuration file", "");
        }
        return files.check(
                ConfigCheck.NAME,
                List.of(file),
                () -> ConfigCheck.of(file, state.get("host") instanceof String host ? host : null));
    }

    /** A check of files that only the node could name. */
    private static Check untold(String name, Asked asked, String remedy) {
        String why =
                switch (asked.standing()) {
                    case RUNS -> "the node does not tell which files it has";
                    case GONE -> "no node runs that tells which files it has";
                    case NOT_ALLOWED -> "the node knows which files it has, and this user may not ask it";
                };
        return Check.skipped(name, why, remedy);
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
