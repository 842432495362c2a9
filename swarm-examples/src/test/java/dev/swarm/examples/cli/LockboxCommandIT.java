package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.examples.TestWait;
import dev.swarm.trait.JsonText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person's lockbox by the command, on nodes in processes of their own. */
class LockboxCommandIT {

    @TempDir
    Path directory;

    private NodeProcesses nodes;
    private Path passphrase;

    @AfterEach
    void stopNodes() throws InterruptedException {
        if (nodes != null) {
            nodes.stop();
        }
    }

    @Test
    void lockbox_onTwoMachines_exitsAsTold() throws Exception {
        startTwo();
        Path letter = Files.writeString(directory.resolve("letter.txt"), "dear b");
        Files.setPosixFilePermissions(letter, PosixFilePermissions.fromString("rw-r-----"));

        assertThat(box("a", "encrypt", letter.toString()).out()).isEqualTo("encrypted letter.txt.age\n");
        assertThat(letter).hasContent("dear b");
        assertThat(box("a", "encrypt", letter.toString()).code()).isEqualTo(1);
        assertThat(box("a", "encrypt", letter.toString(), "--force").code()).isZero();
        assertThat(box("a", "encrypt", letter.toString(), "--as", "d/letter.txt")
                        .code())
                .isZero();
        assertThat(box("a", "encrypt", letter.toString(), "--as", "../letter.txt")
                        .code())
                .isEqualTo(2);
        assertThat(box("a", "encrypt", directory.resolve("none").toString()).code())
                .isEqualTo(3);

        TestWait.until(() -> member(box("a", "list", "--json"), "files").contains("lacked_by=[]")
                && count(box("b", "list", "--json"), "path=") == 2
                && !box("b", "list", "--json").out().contains("\"here\":false"));
        assertThat(nodes.home("b").resolve("lockbox/d/letter.txt.age")).exists();
        Path target = directory.resolve("decrypted");
        NodeProcesses.Answer decrypted = box("b", "decrypt", "d/letter.txt", "-o", target.toString());
        assertThat(decrypted.code()).as(decrypted.err()).isZero();
        assertThat(target).hasContent("dear b");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rw-------");
        assertThat(box("b", "decrypt", "d/letter.txt.age", "-o", target.toString())
                        .err())
                .contains("exists already");
        assertThat(box("b", "decrypt", "d/letter.txt", "-o", target.toString(), "--force")
                        .code())
                .isZero();
        assertThat(box("b", "decrypt", "none", "-o", directory.resolve("n").toString())
                        .code())
                .isEqualTo(3);
        assertThat(directory.resolve("n")).doesNotExist();

        Path key = directory.resolve("age.key");
        assertThat(box("b", "key", "-o", key.toString()).code()).isZero();
        assertThat(Files.readString(key)).startsWith("AGE-SECRET-KEY-1").endsWith("\n");
        assertThat(box("b", "lock").code()).isZero();
        assertThat(box(
                                "b",
                                "decrypt",
                                "letter.txt",
                                "-o",
                                directory.resolve("n").toString())
                        .err())
                .contains("unlock the identity");
        assertThat(box("a", "status", "--json").out())
                .contains("\"files\":2", "\"recipients\":2", "\"unlocked\":true", "\"in_sync\":true");
        assertThat(box("a", "reencrypt").out()).startsWith("encrypting ");
        assertThat(box("b", "reencrypt").err()).contains("unlock the identity");
        assertThat(box("a", "members").out()).contains("a (this machine)", "b ");
        assertThat(box("a", "evict", "c").code()).isEqualTo(3);
        assertThat(box("a", "evict", "b").out()).isEqualTo("evicted b\n");
        TestWait.until(() -> !box("a", "members", "--json").out().contains("\"host\":\"b\""));
    }

    @Test
    void decrypt_nameOfTwoFiles_isAmbiguous() throws Exception {
        nodes = new NodeProcesses(directory);
        start("a");
        puddle("a", "init");
        Path file = Files.writeString(directory.resolve("same"), "1");
        for (String name : List.of("one/same", "other/same")) {
            NodeProcesses.Answer encrypted = box("a", "encrypt", file.toString(), "--as", name);
            assertThat(encrypted.code()).as(encrypted.err()).isZero();
        }

        NodeProcesses.Answer answer =
                box("a", "decrypt", "same", "-o", directory.resolve("n").toString());

        assertThat(answer.code()).isEqualTo(3);
        assertThat(answer.err()).contains("ambiguous", "one/same.age", "other/same.age");
    }

    @Test
    void key_toStandardOutput_isAllThatIsThere() throws Exception {
        nodes = new NodeProcesses(directory);
        start("a");
        puddle("a", "init");

        // In a process of its own, whose standard output is nobody else's.
        Process command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.swarm.examples.cli.SwarmCommand",
                        "lockbox",
                        "key",
                        "-o",
                        "-",
                        "--data",
                        nodes.data("a").toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String key = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(command.waitFor()).isZero();
        assertThat(key).startsWith("AGE-SECRET-KEY-1").endsWith("\n");
        assertThat(key.lines()).hasSize(1);
        assertThat(Path.of("-")).doesNotExist();
    }

    @Test
    void lockbox_withoutANode_saysSo() throws Exception {
        Files.writeString(directory.resolve("state.json"), "{\"users\":{\"ann\":\"" + directory + "\"}}");

        assertThat(NodeProcesses.swarm("lockbox", "list", "--user", "ann", "--data", directory.toString())
                        .code())
                .isEqualTo(4);
    }

    private void startTwo() throws Exception {
        nodes = new NodeProcesses(directory);
        String first = start("a");
        start("b", "--peer", first);
        puddle("a", "init");
        String code = member(nodes.about("a", "puddle", "pair", "--json"), "code");
        NodeProcesses.Answer joined = nodes.about("b", "puddle", "join", "--from", first, "--code", code);
        assertThat(joined.code()).as(joined.err()).isZero();
        puddle("b", "unlock");
        TestWait.until(() -> member(box("a", "members", "--json"), "members").contains("key=true}, {host=b")
                && count(box("a", "members", "--json"), "key=true") == 2);
    }

    private String start(String host, String... further) throws Exception {
        List<String> flags = new ArrayList<>(List.of("--user", "ann=" + nodes.home(host)));
        flags.addAll(List.of(further));
        String address = NodeProcesses.listenAddress(nodes.start(host, flags.toArray(String[]::new)));
        TestWait.until(() -> Files.exists(nodes.data(host).resolve("state.json"))
                && Files.readString(nodes.data(host).resolve("state.json")).contains("\"ann\""));
        passphrase = Files.writeString(directory.resolve("passphrase"), "correct horse\n");
        return address;
    }

    private void puddle(String host, String verb) {
        NodeProcesses.Answer answer = nodes.about(host, "puddle", verb, "--passphrase-file", passphrase.toString());
        assertThat(answer.code()).as(answer.err()).isZero();
    }

    private NodeProcesses.Answer box(String host, String... arguments) {
        List<String> all = new ArrayList<>(List.of("lockbox"));
        all.addAll(List.of(arguments));
        return nodes.about(host, all.toArray(String[]::new));
    }

    private static String member(NodeProcesses.Answer answer, String name) {
        assertThat(answer.code()).as(answer.err()).isZero();
        return String.valueOf(JsonText.readObject(answer.out()).get(name));
    }

    private static int count(NodeProcesses.Answer answer, String what) {
        return JsonText.readObject(answer.out()).toString().split(what, -1).length - 1;
    }
}
