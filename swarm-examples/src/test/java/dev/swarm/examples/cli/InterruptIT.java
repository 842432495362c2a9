package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.examples.TestWait;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What an interrupt from the keyboard leaves of a command that takes long. */
class InterruptIT extends ProcessesFixture {

    /** What the shell adds to the number of the signal that ended a command: SIGINT is 2. */
    private static final int ENDED_BY_SIGINT = 130;

    @Test
    void distribute_interruptedWhileItCopies_leavesNothingAndTheNameFree() throws Exception {
        NodeProcesses.listenAddress(nodes.start("a"));
        Path seeds = nodes.data("a").resolve("seed");
        Path large = directory.resolve("app.bin");
        try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
            sparse.setLength(2L << 30);
        }
        // A build in the background of a shell without job control ignores SIGINT, and so would its children.
        Process command = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.swarm.examples.cli.SwarmCommand",
                        "distribute",
                        large.toString(),
                        "--target",
                        "*",
                        "--data",
                        nodes.data("a").toString())
                .inheritIO()
                .start();
        TestWait.until(() -> !list(seeds).isEmpty());

        new ProcessBuilder("kill", "-INT", String.valueOf(command.pid()))
                .start()
                .waitFor();

        assertThat(command.waitFor()).isEqualTo(ENDED_BY_SIGINT);
        TestWait.until(() -> list(seeds).isEmpty());
        Files.writeString(large, "small now");
        NodeProcesses.Answer again = nodes.about("a", "distribute", large.toString(), "--target", "*");
        assertThat(again.err()).isEmpty();
        assertThat(again.code()).isZero();
        assertThat(list(seeds)).containsExactly("app.bin", "app.bin.swarm");
        assertThat(nodes.about("a", "list").out().lines()).hasSize(2);
    }

    private static List<String> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }
}
