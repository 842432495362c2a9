package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.examples.TestWait;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A node that was started without a locale, as by cron, cannot write every name. */
class LocaleIT extends ProcessesFixture {

    @Test
    void node_withoutALocale_linksAndSeedsAllThatItCanName() throws Exception {
        String seeder = NodeProcesses.listenAddress(nodes.startAfter("export LC_ALL=C.UTF-8", "a"));
        NodeProcesses.listenAddress(nodes.startAfter("export LC_ALL=C", "b", "--peer", seeder));
        for (String label : new String[] {"first", "gr\u00f6\u00dfe", "last"}) {
            Path file = Files.writeString(directory.resolve("content"), label);
            assertThat(nodes.about("a", "distribute", file.toString(), "--target", "*", "--label", label)
                            .code())
                    .isZero();
        }
        Path files = nodes.data("b").resolve("files");
        TestWait.until(() -> Files.exists(files.resolve("first")) && Files.exists(files.resolve("last")));
        new ProcessBuilder(
                        "sh", "-c", "echo content > \"$1/$(printf 'gr\\303\\274n')\"", "sh", nodes.data("b") + "/seed")
                .start()
                .waitFor();
        Files.writeString(nodes.data("b").resolve("seed/own"), "own");
        Files.writeString(nodes.data("b").resolve("seed/own.swarm"), "{\"target\":\"*\",\"retention\":\"1d\"}");

        TestWait.until(() -> Files.exists(nodes.data("a").resolve("files/own")));
        TestWait.until(() -> nodes.log("b")
                        .lines()
                        .filter(line -> line.contains("LC_ALL=C.UTF-8"))
                        .count()
                >= 2);
        assertThat(nodes.log("b")).doesNotContain("InvalidPathException", "failed;");
    }
}
