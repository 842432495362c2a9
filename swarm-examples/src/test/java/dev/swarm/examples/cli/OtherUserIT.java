package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.swarm.examples.TestWait;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command tells somebody who may read a node's files and no more. Runs as root, as only root can be another user. */
class OtherUserIT {

    /** Who owns nothing. */
    private static final String NOBODY = "65534";

    private static final List<String> ONLY_ASKED = List.of(
            "node",
            "version",
            "tcp",
            "inbound",
            "multicast",
            "udp",
            "address",
            "name",
            "clock",
            "deny-list",
            "descriptors",
            "leftovers");

    /** What the node's user would be told, and another has to name. */
    private static final List<String> ONLY_NAMED = List.of("certificate", "config");

    @TempDir
    Path directory;

    private NodeProcesses nodes;

    @BeforeEach
    void makeNodes() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "only root can be another user");
        assumeTrue(asNobody("--version").code() == 0, "another user cannot run what was built here");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        nodes = new NodeProcesses(directory);
    }

    @AfterEach
    void stopNodes() throws InterruptedException {
        if (nodes != null) {
            nodes.stop();
        }
    }

    @Test
    void seedsList_ofAnotherUsersNode_tellsWhatItHolds() throws Exception {
        NodeProcesses.listenAddress(nodes.start("a"));
        String held = distribute("held.bin", "*");
        TestWait.until(() -> state("a").contains(held));

        NodeProcesses.Answer answer = asNobody("seeds", "list", "--json", "--data", data("a"));

        assertThat(answer.err()).isEmpty();
        assertThat(answer.code()).isZero();
        assertThat(answer.out()).contains(held, "\"label\":\"held.bin\"");
    }

    @Test
    void seedsList_stateThatDoesNotSay_isRefusedWithTheRemedy() throws Exception {
        Path data = Files.createDirectory(nodes.data("a"));
        Files.createDirectory(
                data.resolve(".blobs"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(data.resolve("state.json"), "{\"host\":\"a\"}");

        NodeProcesses.Answer answer = asNobody("seeds", "list", "--data", data("a"));

        assertThat(answer.code()).isEqualTo(1);
        assertThat(answer.err().lines()).hasSize(1);
        assertThat(answer.err()).contains(".blobs is not accessible to this user", "run it as the node's user or root");
        Files.writeString(data.resolve("state.json"), "{\"blobs\":[],\"blob_count\":7}");
        assertThat(asNobody("seeds", "list", "--data", data("a")).err()).contains("7 more blobs are held");
    }

    @Test
    void statusOfABlob_ofAnotherUsersNode_tellsItsOwnShare() throws Exception {
        NodeProcesses.listenAddress(nodes.start("a", "--trait", "role=web"));
        String held = distribute("held.bin", "*");
        String others = distribute("others.bin", "role=db");
        TestWait.until(() -> state("a").contains(held) && state("a").contains(others));

        NodeProcesses.Answer answer = asNobody("status", held, "--json", "--data", data("a"));

        assertThat(answer.err()).isEmpty();
        assertThat(answer.code()).isZero();
        assertThat(answer.out())
                .contains("\"host\":\"a\",\"status\":\"complete\",\"chunks_have\":1", "\"complete\":1", "\"total\":1");
        assertThat(asNobody("status", held, "--data", data("a")).out())
                .contains("Summary: 1 complete (1 total)", "Only a itself, as it was ", "may not ask it; run it as");
    }

    @Test
    void doctor_ofAnotherUsersNode_skipsWhatOnlyItsUserMayAsk() throws Exception {
        String peer = NodeProcesses.listenAddress(nodes.start("a"));
        NodeProcesses.listenAddress(nodes.start("b", "--peer", peer));
        TestWait.until(() -> state("b").contains("\"peers\" : 1"));

        NodeProcesses.Answer answer = asNobody("doctor", "--json", "--data", data("b"));

        Map<String, Map<?, ?>> checks = checks(answer);
        assertThat(answer.out()).doesNotContain("\"ok\":false");
        assertThat(answer.code()).isZero();
        checks.forEach((name, check) -> {
            assertThat(check.get("skipped")).as(name).isEqualTo(ONLY_ASKED.contains(name) || ONLY_NAMED.contains(name));
            if (ONLY_ASKED.contains(name)) {
                assertThat(check.get("remedy")).as(name).isEqualTo("run it as the node's user or root");
            }
        });
        assertThat(checks).containsKeys(ONLY_ASKED.toArray(String[]::new));
        assertThat(String.valueOf(checks.get("peers").get("finding"))).isEqualTo("1 peers proved themselves");
        try (Stream<String> lines =
                asNobody("doctor", "--data", data("b")).out().lines()) {
            assertThat(lines.filter(line -> line.startsWith("skip  "))).hasSize(ONLY_ASKED.size() + ONLY_NAMED.size());
        }
    }

    @Test
    void doctor_keyThatOnlyTheNodesUserMayRead_isSkippedByName() throws Exception {
        NodeProcesses.listenAddress(nodes.start("a"));
        Path at = nodes.certificates("a");
        Files.setPosixFilePermissions(at.resolve("node.key"), PosixFilePermissions.fromString("rw-------"));

        Map<?, ?> check = checks(asNobody(
                        "doctor",
                        "--json",
                        "--data",
                        data("a"),
                        "--cert",
                        at.resolve("node.crt").toString(),
                        "--key",
                        at.resolve("node.key").toString(),
                        "--ca",
                        at.resolve("ca.crt").toString()))
                .get("certificate");

        assertThat(check.get("skipped")).isEqualTo(true);
        assertThat(String.valueOf(check.get("finding"))).contains("node.key is not accessible to ");
        assertThat(check.get("remedy")).isEqualTo("run it as root");
    }

    @Test
    void doctor_ofAnotherUsersNodeThatStopped_saysThatNoneRuns() throws Exception {
        Process node = nodes.start("a");
        NodeProcesses.listenAddress(node);
        TestWait.until(() -> Files.exists(nodes.data("a").resolve("state.json")));
        assertThat(node.toHandle().destroy()).isTrue();
        node.waitFor();

        Map<String, Map<?, ?>> checks = checks(asNobody("doctor", "--json", "--data", data("a")));

        assertThat(checks.get("node"))
                .satisfies(check -> assertThat(check.get("ok")).isEqualTo(false));
        assertThat(String.valueOf(checks.get("node").get("finding"))).contains("no node is running");
        assertThat(checks.get("tcp").get("ok")).isEqualTo(true);
    }

    @Test
    void puddle_ofAnotherUser_saysWhoseItIs() throws Exception {
        Path home = Files.createDirectory(
                nodes.home("a"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        NodeProcesses.listenAddress(nodes.start("a", "--user", "ann=" + home));
        TestWait.until(() -> state("a").contains("\"ann\""));

        for (String box : List.of("puddle", "lockbox")) {
            NodeProcesses.Answer answer = asNobody(box, "status", "--data", data("a"));

            assertThat(answer.code()).isEqualTo(1);
            assertThat(answer.err().lines()).hasSize(1);
            assertThat(answer.err())
                    .contains(home + "/.puddle/session.sock: it is not accessible to this user", "--user NAME=HOME");
        }
    }

    @Test
    void verbs_withoutADirectory_lookInTheHomeThatTheEnvironmentNames() throws Exception {
        NodeProcesses.Answer list = asNobody("list");
        NodeProcesses.Answer puddle = asNobody("puddle", "status");

        assertThat(list.code()).isEqualTo(3);
        assertThat(list.err()).contains("there is no node directory " + directory + "/.local/share/swarm");
        assertThat(puddle.code()).isEqualTo(4);
        assertThat(puddle.err()).contains("no node answers on " + directory + "/.puddle/session.sock", "--data");
    }

    @Test
    void verbs_directoryThatMayNotBeSearched_sayThatInsteadOfNoNode() throws Exception {
        NodeProcesses.listenAddress(nodes.start("a"));
        TestWait.until(() -> Files.exists(nodes.data("a").resolve("state.json")));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));

        assertThat(asNobody("list", "--data", data("a")).err())
                .contains("cannot look at " + data("a"), "not accessible to this user");
        NodeProcesses.Answer purge = asNobody("purge", "--data", data("a"));
        assertThat(purge.code()).isEqualTo(1);
        assertThat(purge.err()).contains("cannot ask a node on " + data("a"), "run it as the node's user or root");
        Map<String, Map<?, ?>> checks = checks(asNobody("doctor", "--json", "--data", data("a")));
        assertThat(checks.get("node").get("skipped")).isEqualTo(true);
        assertThat(checks.get("state-files").get("skipped")).isEqualTo(true);
    }

    private String data(String host) {
        return nodes.data(host).toString();
    }

    private String state(String host) throws IOException {
        Path state = nodes.data(host).resolve("state.json");
        return Files.exists(state) ? Files.readString(state) : "";
    }

    /** Distributes a small file from the first node; its id. */
    private String distribute(String name, String target) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "content of " + name);
        NodeProcesses.Answer answer = nodes.about("a", "distribute", file.toString(), "--target", target);
        assertThat(answer.code()).as(answer.err()).isZero();
        return answer.out().substring(0, 64);
    }

    /** Gives the command as a user who owns nothing, with what was built. */
    private NodeProcesses.Answer asNobody(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("setpriv", "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-jar"));
        command.add(Path.of("target", "swarm-examples.jar").toAbsolutePath().toString());
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile(directory, "errors", "");
        Process process = NodeProcesses.atHome(directory, command)
                .directory(Path.of("/").toFile())
                .redirectError(errors.toFile())
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new NodeProcesses.Answer(process.waitFor(), out, Files.readString(errors));
    }

    private static Map<String, Map<?, ?>> checks(NodeProcesses.Answer answer) {
        Map<String, Map<?, ?>> checks = new TreeMap<>();
        for (Object element : (List<?>) JsonText.readObject(answer.out()).get("checks")) {
            Map<?, ?> check = (Map<?, ?>) element;
            checks.put(String.valueOf(check.get("name")), check);
        }
        return checks;
    }
}
