package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.TestFleet;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Nodes in processes of their own on loopback, and the command that an operator gives beside them. */
final class NodeProcesses {

    private static final Map<String, String> DEFAULTS =
            Map.of("--listen", "127.0.0.1:0", "--interface", "none", "--cycle", "300ms", "--min-free-pct", "1");

    private final TestFleet fleet = new TestFleet("processes");
    private final Path directory;
    private final List<Process> processes = new ArrayList<>();

    NodeProcesses(Path directory) {
        this.directory = directory;
    }

    /** What a command printed. */
    record Answer(int code, String out, String err) {}

    Path data(String host) {
        return directory.resolve("data-" + host);
    }

    /** The home of the person who runs a node. */
    Path home(String host) {
        return directory.resolve("home-" + host);
    }

    Path certificates(String host) {
        return directory.resolve(host);
    }

    String log(String host) throws IOException {
        return Files.readString(directory.resolve(host + ".log"));
    }

    /** Issues a node's certificate. */
    void issue(String host) throws IOException {
        issue(host, fleet.node(host));
    }

    void issue(String host, NodeCredentials credentials) throws IOException {
        TestFleet.write(credentials, Files.createDirectories(certificates(host)));
    }

    /** Starts a node; multicast is off unless it is told otherwise. */
    Process start(String host, String... further) throws IOException {
        return startAfter(":", host, further);
    }

    /** Starts a node after a line of shell. */
    Process startAfter(String before, String host, String... further) throws IOException {
        if (!Files.exists(certificates(host))) {
            issue(host);
        }
        List<String> command = new ArrayList<>(List.of("sh", "-c", before + "; exec \"$@\"", "sh"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.swarm.examples.cli.SwarmCommand",
                "node"));
        command.addAll(List.of("--data", data(host).toString(), "--host", host));
        command.add("--no-warm-up");
        command.addAll(List.of("--cert", certificates(host).resolve("node.crt").toString()));
        command.addAll(List.of("--key", certificates(host).resolve("node.key").toString()));
        command.addAll(List.of("--ca", certificates(host).resolve("ca.crt").toString()));
        DEFAULTS.forEach((flag, value) -> {
            if (!List.of(further).contains(flag)) {
                command.addAll(List.of(flag, value));
            }
        });
        command.addAll(List.of(further));
        ProcessBuilder builder = atHome(home(host), command)
                .redirectError(directory.resolve(host + ".log").toFile());
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    /** A process of somebody who lives there, so that nothing is left in the home of who runs the tests. */
    static ProcessBuilder atHome(Path home, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("HOME", home.toString());
        return builder;
    }

    /** Where a node listens, once it serves. */
    static String listenAddress(Process process) throws IOException {
        String ready = process.inputReader(StandardCharsets.UTF_8).readLine();
        assertThat(ready).startsWith("ready host=");
        return ready.replaceAll(".*listen=(\\S+) .*", "$1");
    }

    static void hangUp(Process process) throws Exception {
        new ProcessBuilder("kill", "-HUP", String.valueOf(process.pid()))
                .start()
                .waitFor();
    }

    /** Gives the command in this process. */
    static Answer swarm(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = SwarmCommand.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
        return new Answer(code, out.toString(), err.toString());
    }

    /** Gives the command about a node's data. */
    Answer about(String host, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", data(host).toString()));
        return swarm(all.toArray(String[]::new));
    }

    void stop() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }
}
