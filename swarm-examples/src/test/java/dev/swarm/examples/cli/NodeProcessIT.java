package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.MulticastOptions;
import dev.swarm.SeedOptions;
import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.examples.TestWait;
import dev.swarm.transport.TestFleet;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What depends on how a node's process was started: its umask and its environment. */
class NodeProcessIT {

    @TempDir
    Path directory;

    private final TestFleet fleet = new TestFleet("process");
    private final List<Process> processes = new ArrayList<>();

    @AfterEach
    void stopProcesses() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void dataDirectory_whateverTheUmask_hasTheSameLayoutAndModes() throws Exception {
        String peer = listenAddress(start("a", "umask 000", "--min-free-pct", "1"));
        listenAddress(start("b", "umask 077", "--min-free-pct", "1", "--peer", peer));
        Path file = Files.writeString(directory.resolve("app.bin"), "content".repeat(20_000));
        String old = distribute(Files.writeString(directory.resolve("old.bin"), "old"));
        TestWait.until(() -> Files.exists(data("b").resolve("files").resolve("old.bin")));
        assertThat(swarm("revoke", "old.bin", "--data", data("a").toString())).contains(old);
        String blob = distribute(file);
        Files.writeString(data("a").resolve("seed").resolve("alone"), "no terms");
        TestWait.until(() -> Files.exists(data("b").resolve("files").resolve("app.bin"))
                && swarm("broken", "--data", data("a").toString(), "--json").contains("\"filename\":\"alone\"")
                && Files.exists(data("a").resolve("graveyard").resolve(old))
                && Files.notExists(data("b").resolve(".blobs").resolve(old)));

        Map<String, String> common = new TreeMap<>(Map.of(
                "state.json",
                "rw-r--r--",
                "manifest.json",
                "rw-r--r--",
                "peers.json",
                "rw-r--r--",
                "manifest.journal",
                "rw-------",
                "control.sock",
                "rw-------",
                ".blobs",
                "rwx------",
                "files",
                "rwx------",
                "seed",
                "rwx------",
                "graveyard",
                "rwx------",
                ".blobs/" + blob + ".tree",
                "rw-------"));
        for (String host : List.of("a", "b")) {
            assertThat(modes(data(host))).as(host).containsAllEntriesOf(common);
            assertThat(Files.readSymbolicLink(data(host).resolve("files").resolve("app.bin")))
                    .isEqualTo(Path.of("..", ".blobs", blob));
        }
        assertThat(Files.readSymbolicLink(data("a").resolve(".blobs").resolve(blob)))
                .isEqualTo(Path.of("..", "seed", "app.bin"));
        assertThat(modes(data("a")))
                .containsEntry("seed/app.bin", "rw-------")
                .containsEntry("seed/app.bin.swarm", "rw-------")
                .containsEntry("graveyard/" + old, "rw-------");
        assertThat(modes(data("b")))
                .containsEntry(".blobs/" + blob, "rw-------")
                .containsEntry(".blobs/" + blob + ".sources", "rw-------");
    }

    @Test
    void seedThatIsNoFile_isWarnedOfOnceAndAgainWhenItChanges() throws Exception {
        listenAddress(start("a", ":"));
        Path seed = data("a").resolve("seed");
        Files.writeString(seed.resolve("app.bin.swarm"), "{\"target\":\"*\",\"retention\":\"7d\"}");
        Files.createDirectory(seed.resolve("app.bin"));
        awaitBroken("a", "app.bin.swarm belongs to a directory");
        for (int cycle = 0; cycle < 3; cycle++) {
            String before = lastCycle("a");
            TestWait.until(() -> !lastCycle("a").equals(before));
        }

        assertThat(linesOfBroken()).hasSize(1);

        Files.delete(seed.resolve("app.bin"));
        Files.createSymbolicLink(seed.resolve("app.bin"), Path.of("nowhere"));
        awaitBroken("a", "app.bin.swarm belongs to a symbolic link");

        TestWait.until(() -> linesOfBroken().size() > 1);
        assertThat(linesOfBroken()).hasSize(2);
    }

    private List<String> linesOfBroken() throws IOException {
        return log("a").lines()
                .filter(line -> line.contains("seed app.bin is broken"))
                .toList();
    }

    @Test
    void leastFreeShareOfTheEnvironment_holdsForANodeThatIsGivenNone() throws Exception {
        Path file = Files.writeString(directory.resolve("app.bin"), "content");
        SwarmConfig config = SwarmConfig.builder(data("a"), fleet.node("a"))
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .multicast(MulticastOptions.off())
                .minFreePercent(1)
                .build();
        try (SwarmNode seeder = SwarmNode.start(config)) {
            BlobId blob = seeder.seed(file, SeedOptions.to("*"));
            String peer = seeder.address().toString();
            listenAddress(start("b", "SWARM_MIN_FREE_PCT=99.9; export SWARM_MIN_FREE_PCT", "--peer", peer));

            TestWait.until(() -> swarm("list", "--data", data("b").toString()).contains("app.bin")
                    && status(blob, "--json").contains("\"status\":\"skipped\""));

            assertThat(status(blob, "--json"))
                    .contains("\"skip_reason\":\"disk pressure: ", "needs more than 99.9 %", "\"skipped\":1");
            assertThat(status(blob)).contains("1 skipped", "disk pressure: ");
            TestWait.until(() -> nodeStatus("b").contains("\"skipped\":{\"" + blob + "\":\"disk pressure: "));
            assertThat(nodeStatus("b")).contains("\"downloading\":{}");
            assertThat(log("b")).containsPattern("WARN .*" + blob + " skipped: disk pressure");
            assertThat(data("b").resolve(".blobs").resolve(blob + ".partial")).doesNotExist();
        }
    }

    @Test
    void leastFreeShareOfTheEnvironment_thatIsNoShare_isRefusedByName() throws Exception {
        Process process = start("a", "SWARM_MIN_FREE_PCT=lots; export SWARM_MIN_FREE_PCT");

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isNotZero();
        assertThat(log("a")).contains("SWARM_MIN_FREE_PCT is 'lots'");
    }

    @Test
    void adminPort_isTheProcesssOwn_andGoesWithIt() throws Exception {
        Process process = start("a", "umask 000", "--admin", "0");
        String ready = process.inputReader(StandardCharsets.UTF_8).readLine();
        URI status = URI.create(ready.replaceAll(".* admin=(\\S+)$", "$1") + "api/status");

        assertThat(status.getHost()).isEqualTo("127.0.0.1");
        assertThat(HttpClient.newHttpClient()
                        .send(HttpRequest.newBuilder(status).build(), HttpResponse.BodyHandlers.ofString())
                        .body())
                .startsWith("{\"host\":\"a\",");
        assertThat(modes(data("a"))).containsEntry("admin.token", "rw-------");

        process.destroy();

        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void adminPort_halfARequest_isClosedInTimeHoweverTheProcessWasStarted() throws Exception {
        Process process = start("a", ":", "--admin", "0");
        String ready = process.inputReader(StandardCharsets.UTF_8).readLine();
        URI admin = URI.create(ready.replaceAll(".* admin=(\\S+)$", "$1"));

        try (Socket socket = new Socket(admin.getHost(), admin.getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: local".getBytes(StandardCharsets.US_ASCII));
            long before = System.nanoTime();

            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - before))
                    .isBetween(5L, 20L);
        }
    }

    @Test
    void adminPort_thatIsTaken_stopsTheStartAndSaysSo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Process process = start("a", "umask 077", "--admin", String.valueOf(taken.getLocalPort()));

            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isEqualTo(1);
            assertThat(log("a")).contains("cannot listen on 127.0.0.1:" + taken.getLocalPort() + " for --admin");
        }
    }

    /** Starts a node after a line of shell. */
    private Process start(String host, String before, String... further) throws IOException {
        Path certificates = Files.createDirectory(directory.resolve(host));
        TestFleet.write(fleet.node(host), certificates);
        List<String> command = new ArrayList<>(List.of("sh", "-c", before + "; exec \"$@\"", "sh"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.swarm.examples.cli.SwarmCommand",
                "node"));
        command.addAll(List.of("--data", data(host).toString(), "--host", host, "--listen", "127.0.0.1:0"));
        command.addAll(List.of("--interface", "none", "--cycle", "300ms", "--no-warm-up"));
        command.addAll(List.of("--cert", certificates.resolve("node.crt").toString()));
        command.addAll(List.of("--key", certificates.resolve("node.key").toString()));
        command.addAll(List.of("--ca", certificates.resolve("ca.crt").toString()));
        command.addAll(List.of(further));
        Process process = NodeProcesses.atHome(directory, command)
                .redirectError(directory.resolve(host + ".log").toFile())
                .start();
        processes.add(process);
        return process;
    }

    private static String listenAddress(Process process) throws IOException {
        String ready = process.inputReader(StandardCharsets.UTF_8).readLine();
        assertThat(ready).startsWith("ready host=");
        return ready.replaceAll(".*listen=(\\S+) .*", "$1");
    }

    private Path data(String host) {
        return directory.resolve("data-" + host);
    }

    private String log(String host) throws IOException {
        return Files.readString(directory.resolve(host + ".log"));
    }

    /** Gives a file to everybody from the first node; its SHA-256. */
    private String distribute(Path file) {
        String answer = swarm(
                "distribute",
                file.toString(),
                "--target",
                "*",
                "--data",
                data("a").toString());
        return answer.substring(0, 64);
    }

    private String status(BlobId blob, String... further) {
        List<String> arguments = new ArrayList<>(
                List.of("status", blob.hex(), "--data", data("b").toString()));
        arguments.addAll(List.of(further));
        return swarm(arguments.toArray(String[]::new));
    }

    private void awaitBroken(String host, String error) throws Exception {
        TestWait.until(
                () -> swarm("broken", "--json", "--data", data(host).toString()).contains(error));
    }

    private String lastCycle(String host) {
        return nodeStatus(host).replaceAll("(?s).*\"last_cycle_ms\" ?: ?(\\d+).*", "$1");
    }

    private String nodeStatus(String host) {
        return swarm("status", "--json", "--data", data(host).toString());
    }

    private static String swarm(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = SwarmCommand.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
        assertThat(code).as(err.toString()).isZero();
        return out.toString();
    }

    private static Map<String, String> modes(Path root) throws IOException {
        Map<String, String> modes = new TreeMap<>();
        try (var all = Files.walk(root)) {
            for (Path path : all.toList()) {
                if (!Files.isSymbolicLink(path)) {
                    modes.put(
                            root.relativize(path).toString(),
                            PosixFilePermissions.toString(
                                    Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS)));
                }
            }
        }
        return modes;
    }
}
