package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command says when it cannot read or write what it is to. */
class OutputIT {

    @TempDir
    Path directory;

    private NodeProcesses nodes;

    @BeforeEach
    void makeDirectory() throws Exception {
        nodes = new NodeProcesses(directory);
        BlobCache.open(nodes.data("a")).close();
    }

    @Test
    void list_ontoAFullDisk_fails() throws Exception {
        assertThat(shell("\"$@\" list --json --data " + nodes.data("a") + " > /dev/full; echo $?"))
                .isEqualTo("swarm: the output could not be written; see where standard output leads\n1\n");
    }

    @Test
    void statusWatched_byWhoGoesAway_ends() throws Exception {
        Files.writeString(nodes.data("a").resolve("state.json"), "{\"host\":\"a\"}");

        assertThat(shell("\"$@\" status --watch=50ms --data " + nodes.data("a") + " 2> /dev/null | head -n 1"))
                .startsWith("NODE");
    }

    @Test
    void status_ofADamagedFile_namesIt() throws Exception {
        Path state = Files.writeString(nodes.data("a").resolve("state.json"), "{\"host\":");

        NodeProcesses.Answer answer = nodes.about("a", "status");

        assertThat(answer.code()).isEqualTo(CommandFailure.FAILED);
        assertThat(answer.err()).contains("cannot use " + state);
    }

    @Test
    void list_ofADirectoryOnWhichNoNodeRan_isNotEmptyButRefused() throws Exception {
        Files.createDirectory(nodes.data("none"));

        assertThat(nodes.about("none", "list").code()).isEqualTo(CommandFailure.NOT_FOUND);
        assertThat(nodes.about("none", "broken").code()).isEqualTo(CommandFailure.NOT_FOUND);
        assertThat(nodes.about("a", "list").code()).isZero();
        assertThat(nodes.about("a", "seeds", "show", "abcd").err()).contains("'abcd'");
    }

    @Test
    void distribute_ofNothingOrADirectory_saysWhich() {
        NodeProcesses.Answer nothing =
                nodes.about("a", "distribute", directory.resolve("nosuch").toString(), "--target", "*");
        assertThat(nothing.code()).isEqualTo(CommandFailure.NOT_FOUND);
        NodeProcesses.Answer aDirectory = nodes.about("a", "distribute", directory.toString(), "--target", "*");
        assertThat(aDirectory.code()).isEqualTo(CommandFailure.FAILED);
        assertThat(aDirectory.err()).contains(directory + " is no regular file");
    }

    @Test
    void numbersOutOfRange_areUsageErrors() {
        assertThat(nodes.about("a", "status", "--watch=1s", "--times", "0").code())
                .isEqualTo(CommandFailure.USAGE);
        NodeProcesses.Answer answer = NodeProcesses.swarm("demo", "--size", "99999999999999GiB");
        assertThat(answer.code()).isEqualTo(CommandFailure.USAGE);
        assertThat(answer.err()).contains("'99999999999999GiB' is too large");
    }

    /** What a line of shell prints, the command being its arguments. */
    private static String shell(String line) throws Exception {
        Process process = new ProcessBuilder(
                        "sh",
                        "-c",
                        line,
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.swarm.examples.cli.SwarmCommand")
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return printed;
    }
}
