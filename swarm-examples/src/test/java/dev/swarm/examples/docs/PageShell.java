package dev.swarm.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A machine for the commands of one page: a shell in a scratch directory, and the nodes that they start. */
final class PageShell implements AutoCloseable {

    private static final long BLOCK_SECONDS = 60;
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    private final Path root;
    private final Path work;
    private final String listen = "127.0.0.1:" + freePort();
    private final Map<String, String> places = new LinkedHashMap<>();
    private final Path standIns;

    PageShell(Path root) throws IOException {
        this.root = root;
        this.work = Files.createDirectories(root.resolve("work"));
        for (String each : List.of("etc/swarm", "etc/systemd/system", "etc/bash_completion.d", "var/lib")) {
            Files.createDirectories(root.resolve(each));
        }
        places.put("/var/lib/", root + "/var/lib/");
        places.put("/etc/", root + "/etc/");
        places.put("/opt/swarm/", PROJECT + "/");
        places.put(" swarm-examples/deploy/", " " + PROJECT + "/swarm-examples/deploy/");
        places.put("10.0.1.2:1531", listen);
        places.put("10.0.0.5:1531", "127.0.0.1:" + freePort());
        places.put("(1531)", "(" + freePort() + ")");
        places.put("--admin 8080", "--admin " + freePort());
        places.put("10.0.1.2", "127.0.0.1");
        places.put("10.0.0.5", "127.0.0.1");
        places.put("--watch", "--watch=200ms --times=2");
        this.standIns = root.resolve("stand-ins.sh");
        try (InputStream script = PageShell.class.getResourceAsStream("stand-ins.sh")) {
            Files.writeString(standIns, here(new String(script.readAllBytes(), StandardCharsets.UTF_8)));
        }
    }

    /** What a page says, with the addresses and directories of this machine. */
    String here(String text) {
        String mapped = text;
        for (var place : places.entrySet()) {
            mapped = mapped.replace(place.getKey(), place.getValue());
        }
        return mapped;
    }

    /** Runs lines that have to succeed, one after the other. */
    void run(String where, String lines) throws IOException, InterruptedException {
        launch(where, List.of("bash", "-euo", "pipefail", "-c", here(lines)));
    }

    /** Writes a file where the commands run. */
    void save(String name, String text) throws IOException {
        Path file = work.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, here(text));
    }

    /** Runs a program of classes in a directory beside those of the tests. */
    void runClass(String where, Path classes, String name) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(java());
        command.set(command.size() - 1, name);
        command.set(command.indexOf("-cp") + 1, classes + ":" + System.getProperty("java.class.path"));
        launch(where, command);
    }

    private void launch(String where, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(root, "block", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment()
                .putAll(Map.of(
                        "BASH_ENV",
                        standIns.toString(),
                        "PATH",
                        Path.of(System.getProperty("java.home"), "bin") + ":" + System.getenv("PATH"),
                        "SWARM_DATA",
                        here("/var/lib/swarm"),
                        "PAGE_ROOT",
                        root.toString(),
                        "PAGE_LISTEN",
                        listen,
                        "PAGE_JAVA",
                        String.join(" ", java())));
        Process process = builder.start();
        boolean ended = process.waitFor(BLOCK_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended ? process.exitValue() : -1)
                .as("%s: %s%n%s", where, command.get(command.size() - 1), Files.readString(output))
                .isZero();
    }

    private static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.swarm.examples.cli.SwarmCommand");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Ends the nodes that the page started. */
    @Override
    public void close() throws IOException {
        Path nodes = root.resolve("nodes");
        if (Files.exists(nodes)) {
            for (String line : Files.readAllLines(nodes)) {
                ProcessHandle.of(Long.parseLong(line.substring(0, line.indexOf(' '))))
                        .ifPresent(node -> {
                            node.destroyForcibly();
                            node.onExit().orTimeout(10, TimeUnit.SECONDS).join();
                        });
            }
        }
    }
}
