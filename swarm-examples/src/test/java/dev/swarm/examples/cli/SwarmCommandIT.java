package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.examples.TestWait;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.TestFleet;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SwarmCommandIT {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void issueCertificates() {
        assertThat(swarm("ca", "init", "--dir", at("ca"), "--fleet", "test")).isZero();
        for (String host : List.of("a", "b")) {
            assertThat(swarm("ca", "issue", "--dir", at("ca"), "--host", host, "--ip", "127.0.0.1", "--out", at(host)))
                    .isZero();
        }
        out.getBuffer().setLength(0);
    }

    @AfterEach
    void stopProcesses() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void verbs_overTwoRunningNodes_tellTheSameStory() throws Exception {
        Process first = node("a", "data-a");
        String peer = listenAddress(first);
        Process second = node("b", "data-b", "--peer", peer);
        String other = listenAddress(second);
        Path file = Files.write(
                directory.resolve("report.txt"), "content".repeat(100_000).getBytes(StandardCharsets.UTF_8));

        assertThat(swarm("distribute", file.toString(), "--target", "*", "--data", at("data-a"), "--json"))
                .isZero();
        assertThat(out.toString()).contains("\"label\":\"report.txt\"", "\"size\":700000", "\"sha256\":\"");
        Path link = directory.resolve("data-b").resolve("files").resolve("report.txt");
        TestWait.until(() -> Files.exists(link));
        assertThat(Files.mismatch(link, file)).isEqualTo(-1);

        TestWait.until(() -> answer("list", "--data", at("data-b"), "--json").contains("report.txt"));
        assertThat(answer("status", "report.txt", "--data", at("data-b"), "--json"))
                .contains(
                        "\"host\":\"a\",\"status\":\"complete\"",
                        "\"host\":\"b\",\"status\":\"complete\"",
                        "\"complete\":2");
        assertThat(answer("list", "--data", at("data-b"), "--json"))
                .contains("\"state\":\"active\"", "\"origin\":\"a\"");
        TestWait.until(
                () -> answer("peers", "list", "--data", at("data-b"), "--json").contains("\"host\":\"a\""));
        TestWait.until(() -> answer("seeds", "show", "report.txt", "--data", at("data-a"), "--json")
                .contains("\"peers\":[\"" + other + "\"]"));
        TestWait.until(() -> answer("status", "--data", at("data-b"), "--json").contains("\"active_blobs\" : 1")
                || answer("status", "--data", at("data-b"), "--json").contains("\"active_blobs\":1"));

        Files.writeString(directory.resolve("data-b").resolve("seed").resolve("alone"), "content");
        TestWait.until(() -> answer("broken", "--data", at("data-b"), "--json").contains("\"filename\":\"alone\""));
        assertThat(answer("broken", "--data", at("data-b"), "--json")).contains("\"host\":\"b\"");

        assertThat(second.toHandle().destroy()).isTrue();
        assertThat(second.waitFor(5, TimeUnit.SECONDS)).isTrue();
        assertThat(answer("seeds", "list", "--data", at("data-b"))).contains("report.txt", "active");
        assertThat(answer("seeds", "show", "report.txt", "--data", at("data-b"), "--json"))
                .contains("\"peers\":");
    }

    @Test
    void node_knowsACoordinatorAlone_findsAnotherAndTellsOfItsCheckIn() throws Exception {
        assertThat(swarm("ca", "issue", "--dir", at("ca"), "--host", "co", "--role", "coordinator", "--out", at("co")))
                .isZero();
        String coordinator = listenAddress(node("co", "data-co", "--coordinate"));
        listenAddress(node("a", "data-a", "--coordinator", coordinator));
        listenAddress(node("b", "data-b", "--coordinator", coordinator));

        TestWait.until(
                () -> answer("peers", "list", "--data", at("data-b"), "--json").contains("\"host\":\"a\""));
        TestWait.until(
                () -> answer("status", "--data", at("data-b"), "--json").matches("(?s).*\"last_checkin\":\\d+.*"));
        assertThat(answer("status", "--data", at("data-b"))).containsPattern("last check-in +\\S+ ago");
        assertThat(answer("status", "--data", at("data-co"), "--json")).contains("\"last_checkin\":null");
        assertThat(answer("status", "--data", at("data-co"))).containsPattern("last check-in +never");
    }

    @Test
    void list_rightAfterDistributeRevokeAndPurge_showsTheBlobsAsTheyAre() throws Exception {
        listenAddress(node("a", "data-a"));
        for (int i = 0; i < 5; i++) {
            Path file = Files.writeString(directory.resolve("file-" + i), "content " + i);

            assertThat(swarm("distribute", file.toString(), "--target", "*", "--data", at("data-a")))
                    .isZero();
            assertThat(answer("list", "--data", at("data-a"), "--json"))
                    .contains("\"label\":\"file-" + i + "\"")
                    .doesNotContain("\"state\":\"revoked\"");
        }

        assertThat(swarm("ban", "file-3", "--data", at("data-a"))).isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).contains("has no operator role");
        assertThat(swarm("revoke", "file-3", "--data", at("data-a"))).isZero();
        assertThat(answer("seeds", "show", "file-3", "--data", at("data-a"), "--json"))
                .contains("\"state\":\"revoked\"");

        assertThat(answer("purge", "--data", at("data-a"))).isEqualTo("purged 1\n");
        assertThat(answer("list", "--data", at("data-a"), "--json"))
                .contains("file-2")
                .doesNotContain("file-3");
    }

    @Test
    void list_viewEditedByHand_failsInOneLineThatNamesIt() throws IOException {
        Path data = Files.createDirectory(directory.resolve("data-a"));
        Files.writeString(data.resolve("manifest.json"), "{\"entries\":[]}");

        assertThat(swarm("list", "--data", at("data-a"))).isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).contains(at("data-a/manifest.json"), "checksum differs");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            an unknown flag            | 2 | --frobnicate          | node --frobnicate
            no verb                    | 2 | a verb is missing     | ''
            an unknown verb            | 2 | frob                  | frob
            a node without certificate | 2 | --cert                | node --data D/x --host a --listen 127.0.0.1:0
            a missing certificate file | 1 | nowhere.crt           | node --data D/x --host a --listen 127.0.0.1:0 --cert D/nowhere.crt --key D/a/node.key --ca D/a/ca.crt
            a key of another node      | 1 | key                   | node --data D/x --host a --listen 127.0.0.1:0 --cert D/a/node.crt --key D/b/node.key --ca D/a/ca.crt
            another node's name        | 2 | certificate is for 'a'| node --data D/x --host b --listen 127.0.0.1:0 --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            an address that is none    | 2 | --listen              | node --data D/x --host a --listen here --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            an interface that is none  | 2 | eth99                 | node --data D/x --host a --listen 127.0.0.1:0 --interface eth99 --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            an interface and none      | 2 | none                  | node --data D/x --host a --listen 127.0.0.1:0 --interface lo --interface none --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            a group that is none       | 2 | 10.0.0.1              | node --data D/x --host a --listen 127.0.0.1:0 --multicast-group 10.0.0.1 --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            a coordinator by name      | 2 | --coordinator         | node --data D/x --host a --listen 127.0.0.1:0 --coordinator co:1531 --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            a coordinator without port | 2 | --coordinator         | node --data D/x --host a --listen 127.0.0.1:0 --coordinator 10.0.0.1 --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            no coordinator named       | 2 | --coordinator         | node --data D/x --coordinator
            coordinating without role  | 1 | --role coordinator    | node --data D/x --host a --listen 127.0.0.1:0 --coordinate --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            a host name to announce    | 2 | example.com           | node --data D/x --host a --listen 127.0.0.1:0 --announce-address example.com --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            a cycle without unit       | 2 | 'soon'                | node --data D/x --host a --listen 127.0.0.1:0 --cycle soon --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            a bandwidth without unit   | 2 | '200'                 | node --data D/x --host a --listen 127.0.0.1:0 --max-bandwidth 200 --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            a bandwidth too small      | 2 | 65536                 | node --data D/x --host a --listen 127.0.0.1:0 --max-bandwidth 1KiB/s --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            a directory that is a file | 1 | D/a/node.crt          | node --data D/a/node.crt --host a --listen 127.0.0.1:0 --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            an empty target            | 2 | target                | distribute D/a/node.crt --target= --data D/x
            a label with a separator   | 2 | label                 | distribute D/a/node.crt --target * --label a/b --data D/x
            a retention without unit   | 2 | retention             | distribute D/a/node.crt --target * --retention x --data D/x
            a file that is not there   | 3 | D/none                | distribute D/none --target * --data D/x
            nobody running             | 4 | no node is running    | distribute D/a/node.crt --target * --data D/x
            no node directory          | 3 | D/none                | list --data D/none
            no node's directory        | 3 | no node has run on D  | seeds show abcd --data D
            a second authority         | 1 | already               | ca init --dir D/ca
            an unknown role            | 2 | --role                | ca issue --dir D/ca --host c --role king --out D/c
            a host name with a slash   | 2 | --host                | ca issue --dir D/ca --host c/d --out D/c
            denying a stranger         | 3 | 'z'                   | ca revoke --dir D/ca --host z --out D/deny.json
            a deny list that is none   | 1 | D/a/node.crt          | node --data D/x --host a --listen 127.0.0.1:0 --deny-list D/a/node.crt --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            denying nobody             | 2 | --host                | ca revoke --dir D/ca --out D/deny.json
            denying a path             | 2 | --host                | ca revoke --dir D/ca --host c/d --out D/deny.json
            denying without authority  | 1 | no fleet authority    | ca revoke --dir D/none --host a --out D/deny.json
            denying into no directory  | 1 | D/none                | ca revoke --dir D/ca --host a --out D/none/deny.json
            a deny list without name   | 2 | --deny-list           | node --data D/x --deny-list
            a directory as deny list   | 1 | deny list D/a         | node --data D/x --host a --listen 127.0.0.1:0 --deny-list D/a --cert D/a/node.crt --key D/a/node.key --ca D/a/ca.crt
            two sizes                  | 2 | exclude               | demo --file D/a/node.crt --size 1MiB
            a size that is none        | 2 | 'huge'                | demo --size huge
            """)
    void badInput_isRefusedInOneLine(String what, int exitCode, String named, String line) {
        String[] words = line.isBlank()
                ? new String[0]
                : line.replace("D", directory.toString()).split(" ");

        assertThat(swarm(words)).as(what + ": " + err).isEqualTo(exitCode);
        assertThat(err.toString().lines()).as(what).hasSize(1);
        assertThat(err.toString()).contains(named.replace("D/", directory + "/").replaceAll(" D$", " " + directory));
    }

    @Test
    void revoke_oneHostThenAnother_saysWhatTheListHolds() {
        assertThat(answer("ca", "revoke", "--dir", at("ca"), "--host", "a", "--out", at("deny.json")))
                .isEqualTo("deny list 1 of 1 certificates in " + at("deny.json") + "\n");
        assertThat(answer("ca", "revoke", "--dir", at("ca"), "--host", "b", "--out", at("deny.json")))
                .isEqualTo("deny list 2 of 2 certificates in " + at("deny.json") + "\n");
    }

    @Test
    void node_denyListOfAnotherFleet_isRefusedNamingFileAndFleet() {
        assertThat(swarm("ca", "init", "--dir", at("ca2"), "--fleet", "second")).isZero();
        assertThat(swarm("ca", "issue", "--dir", at("ca2"), "--host", "c", "--out", at("c")))
                .isZero();
        assertThat(swarm("ca", "revoke", "--dir", at("ca2"), "--host", "c", "--out", at("deny.json")))
                .isZero();
        List<String> arguments = new ArrayList<>(List.of(nodeArguments("a", "data-a")));
        arguments.addAll(List.of("--deny-list", at("deny.json")));

        assertThat(swarm(arguments.toArray(String[]::new))).isEqualTo(1);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(err.toString()).contains(at("deny.json"), "it is for fleet");
    }

    @Test
    void node_denyListComesWhileItRuns_deniedNodeHasNoPeerLeft() throws Exception {
        Process first = node("a", "data-a", "--deny-list", at("deny.json"));
        String peer = listenAddress(first);
        listenAddress(node("b", "data-b", "--peer", peer));
        TestWait.until(
                () -> answer("peers", "list", "--data", at("data-b"), "--json").contains("\"host\":\"a\""));

        assertThat(swarm("ca", "revoke", "--dir", at("ca"), "--host", "b", "--out", at("deny.json")))
                .isZero();
        TestWait.until(() -> Files.exists(directory.resolve("data-a/deny-list.json")));
        Path file = Files.writeString(directory.resolve("after.txt"), "after");
        assertThat(swarm("distribute", file.toString(), "--target", "*", "--data", at("data-a")))
                .isZero();

        TestWait.until(() -> answer("list", "--data", at("data-a"), "--json").contains("after.txt"));
        assertThat(answer("list", "--data", at("data-b"), "--json")).doesNotContain("after.txt");
        assertThat(first.isAlive()).isTrue();
    }

    @Test
    void node_certificateWithoutServerUsage_isRefusedByName() throws IOException {
        NodeCredentials lacking = new TestFleet("other")
                .issue("c")
                .usages(TestFleet.Usage.CLIENT_AUTH)
                .build();
        Path certificates = Files.createDirectory(directory.resolve("c"));
        TestFleet.write(lacking, certificates);

        assertThat(swarm(nodeArguments("c", "data-c"))).isEqualTo(1);
        assertThat(err.toString()).contains("serverAuth").contains("issue it again");
    }

    @Test
    void node_portInUse_isRefusedWithTheAddress() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            String[] arguments = nodeArguments("a", "data-a");
            arguments[6] = address;

            assertThat(swarm(arguments)).isEqualTo(1);
            assertThat(err.toString().lines()).hasSize(1);
            assertThat(err.toString()).contains(address);
        }
    }

    private String[] nodeArguments(String host, String data) {
        return new String[] {
            "node",
            "--data",
            at(data),
            "--host",
            host,
            "--listen",
            "127.0.0.1:0",
            "--interface",
            "none",
            "--cycle",
            "300ms",
            "--min-free-pct",
            "1",
            "--cert",
            at(host + "/node.crt"),
            "--key",
            at(host + "/node.key"),
            "--ca",
            at(host + "/ca.crt")
        };
    }

    private Process node(String host, String data, String... further) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.swarm.examples.cli.SwarmCommand"));
        command.addAll(List.of(nodeArguments(host, data)));
        command.addAll(List.of(further));
        Process process = NodeProcesses.atHome(directory, command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(process);
        return process;
    }

    private static String listenAddress(Process process) throws IOException {
        String ready = process.inputReader(StandardCharsets.UTF_8).readLine();
        assertThat(ready).startsWith("ready host=");
        return ready.replaceAll(".*listen=(\\S+) .*", "$1");
    }

    private String answer(String... arguments) {
        assertThat(swarm(arguments)).as(err.toString()).isZero();
        return out.toString();
    }

    private int swarm(String... arguments) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        return SwarmCommand.run(arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    }

    private String at(String name) {
        return directory.resolve(name).toString();
    }
}
