package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.examples.TestWait;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person's identity by the command, on nodes in processes of their own. */
class PuddleCommandIT {

    @TempDir
    Path directory;

    private NodeProcesses nodes;

    @AfterEach
    void stopNodes() throws InterruptedException {
        if (nodes != null) {
            nodes.stop();
        }
    }

    @Test
    void puddle_fromInitToLeave_exitsAsTold() throws Exception {
        nodes = new NodeProcesses(directory);
        String first = NodeProcesses.listenAddress(nodes.start("a", "--user", "ann=" + nodes.home("a")));
        NodeProcesses.listenAddress(nodes.start("b", "--user", "ann=" + nodes.home("b"), "--peer", first));
        awaitUsers("a");
        awaitUsers("b");
        Path right = Files.writeString(directory.resolve("right"), "correct horse\n");
        Path wrong = Files.writeString(directory.resolve("wrong"), "correct house\n");

        assertThat(puddle("a", "status").code()).isEqualTo(3);
        NodeProcesses.Answer made = puddle("a", "init", "--recovery", "--passphrase-file", right.toString(), "--json");
        assertThat(made.code()).as(made.err()).isZero();
        assertThat(made.out()).contains("\"recovery_key\":\"");
        assertThat(puddle("a", "init", "--passphrase-file", right.toString()).code())
                .isEqualTo(1);
        assertThat(puddle("a", "lock").code()).isZero();
        assertThat(puddle("a", "pair").err()).contains("unlock the identity");
        assertThat(puddle("a", "unlock", "--passphrase-file", wrong.toString()).code())
                .isEqualTo(1);
        assertThat(puddle("a", "unlock", "--passphrase-file", right.toString()).out())
                .isEqualTo("unlocked\n");

        String code = member(puddle("a", "pair", "--json"), "code");
        NodeProcesses.Answer joined = puddle("b", "join", "--from", first, "--code", code);
        assertThat(joined.code()).as(joined.err()).isZero();
        assertThat(puddle("b", "join", "--from", first, "--code", code).code()).isEqualTo(1);
        assertThat(puddle("b", "unlock", "--passphrase-file", right.toString()).code())
                .isZero();
        assertThat(puddle("a", "name", "ann").out()).isEqualTo("named ann\n");
        TestWait.until(() -> puddle("b", "status", "--json").out().contains("\"name\":\"ann\""));
        assertThat(puddle("b", "resolve", "ann").out()).isEqualTo(member(made, "id") + "\n");
        assertThat(puddle("b", "resolve", "nobody").code()).isEqualTo(3);
        assertThat(puddle("b", "name", "Not A Name").code()).isEqualTo(2);
        assertThat(puddle("b", "status").out()).contains("unlocked").contains("a b");

        assertThat(puddle("b", "leave").out()).isEqualTo("left\n");
        assertThat(puddle("b", "status").code()).isEqualTo(3);
        TestWait.until(() -> puddle("a", "status", "--json").out().contains("\"devices\":[\"a\"]"));
        assertThat(nodes.log("a") + nodes.log("b")).doesNotContain("correct horse", code);
    }

    @Test
    void sessionSocket_ofAUser_isTheirsAlone() throws Exception {
        nodes = new NodeProcesses(directory);
        NodeProcesses.listenAddress(nodes.start("a", "--user", "ann=" + nodes.home("a")));
        Path socket = nodes.home("a").resolve(".puddle/session.sock");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.getParent())))
                .isEqualTo("rwx------");
        assertThat(ask(socket, "{\"verb\":\"puddle\",\"what\":\"nothing\"}\n")).contains("\"exit\":2");
        assertThat(ask(socket, "{\"verb\":\"other\"}\n")).contains("does not know the verb");
        assertThat(ask(socket, "{\"verb\":\"puddle\",\"secret_bytes\":5000}\n")).isEmpty();
    }

    @Test
    void puddle_withoutANode_saysSo() {
        Path nowhere = directory.resolve("nowhere");

        NodeProcesses.Answer answer = NodeProcesses.swarm("puddle", "status", "--data", nowhere.toString());

        assertThat(answer.code()).isEqualTo(4);
        assertThat(answer.err()).contains("no node is running on " + nowhere);
    }

    @Test
    void users_ofTheConfigurationFile_areActedFor() throws Exception {
        nodes = new NodeProcesses(directory);
        Path config = Files.writeString(
                directory.resolve("swarm.yaml"),
                "swarm:\n  puddle: { enabled: [\"*\"] }\n  users: { bob: " + nodes.home("bob") + " }\n");
        NodeProcesses.listenAddress(nodes.start("a", "--config", config.toString()));
        assertThat(nodes.home("bob").resolve(".puddle/session.sock")).exists();

        Files.writeString(
                config, "swarm:\n  puddle: { enabled: [\"*\"] }\n  users: { eve: " + nodes.home("eve") + " }\n");

        TestWait.until(() -> Files.exists(nodes.home("eve").resolve(".puddle/session.sock"))
                && !Files.exists(nodes.home("bob").resolve(".puddle/session.sock")));
        Files.writeString(config, "swarm:\n  puddle: { enabled: [] }\n  users: { eve: " + nodes.home("eve") + " }\n");
        TestWait.until(() -> !Files.exists(nodes.home("eve").resolve(".puddle/session.sock")));
    }

    private void awaitUsers(String host) throws Exception {
        TestWait.until(() -> Files.exists(nodes.data(host).resolve("state.json"))
                && Files.readString(nodes.data(host).resolve("state.json")).contains("\"ann\""));
    }

    private NodeProcesses.Answer puddle(String host, String... arguments) {
        List<String> all = new java.util.ArrayList<>(List.of("puddle"));
        all.addAll(List.of(arguments));
        return nodes.about(host, all.toArray(String[]::new));
    }

    private static String member(NodeProcesses.Answer answer, String name) {
        assertThat(answer.code()).as(answer.err()).isZero();
        return String.valueOf(JsonText.readObject(answer.out()).get(name));
    }

    private static String ask(Path socket, String line) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
            ByteBuffer answer = ByteBuffer.allocate(4096);
            while (channel.read(answer) >= 0 && answer.hasRemaining()) {}
            return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
        }
    }
}
