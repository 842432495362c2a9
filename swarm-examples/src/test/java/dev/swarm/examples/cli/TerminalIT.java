package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where the command moves the cursor and shows colours. */
class TerminalIT {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"xterm, true", "dumb, false", "'', false"})
    void command_onATerminal_obeysItsKind(String kind, boolean moves) throws Exception {
        Path java = Files.createDirectories(directory.resolve("bin")).resolve("java");
        Files.writeString(java, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));

        String arguments = onATerminal(kind, "JAVA_HOME=" + directory + " bin/swarm status");

        assertThat(arguments.lines().filter(line -> line.startsWith("-Dswarm.terminal=")))
                .containsExactly("-Dswarm.terminal=" + moves);
    }

    @Test
    void help_onADumbTerminal_hasNoColours() throws Exception {
        assertThat(onATerminal("xterm", "bin/swarm status --help")).contains("Usage:", "\u001b[");
        assertThat(onATerminal("dumb", "bin/swarm status --help"))
                .contains("Usage:")
                .doesNotContain("\u001b[");
    }

    /** What a line of shell shows on a terminal of a kind. */
    private static String onATerminal(String kind, String line) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no script(1), which makes a terminal");
        ProcessBuilder builder = new ProcessBuilder("script", "-qec", line, "/dev/null").redirectErrorStream(true);
        builder.environment().put("TERM", kind);
        Process process = builder.start();
        process.getOutputStream().close();
        String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(shown).isZero();
        return shown.replace("\r", "");
    }
}
