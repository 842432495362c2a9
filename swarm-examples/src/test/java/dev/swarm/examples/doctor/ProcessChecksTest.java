package dev.swarm.examples.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessChecksTest {

    @TempDir
    Path process;

    @ParameterizedTest(name = "limit {0} passes: {1}")
    @CsvSource({"1048576, true", "1024, true", "1023, false", "256, false", "unlimited, true"})
    void descriptors_limitOfTheSystem_isReadAndJudged(String limit, boolean ok) throws IOException {
        Files.writeString(
                process.resolve("limits"),
                "Limit                     Soft Limit           Hard Limit           Units     \n"
                        + "Max cpu time              unlimited            unlimited            seconds   \n"
                        + "Max open files            " + limit + "                 1048576              files     \n");
        Files.createDirectory(process.resolve("fd"));
        Files.createFile(process.resolve("fd").resolve("0"));

        Check check = ProcessChecks.descriptors(process);

        assertThat(check.ok()).as(check.finding()).isEqualTo(ok);
        assertThat(check.finding()).startsWith("1 descriptors are open");
    }

    @Test
    void descriptors_nearlyAllInUse_fails() {
        assertThat(ProcessChecks.descriptors(2_000, 1_600).ok()).isTrue();
        assertThat(ProcessChecks.descriptors(2_000, 1_601).ok()).isFalse();
        assertThat(ProcessChecks.descriptors(2_000, 1_601).remedy()).contains("LimitNOFILE");
    }

    @Test
    void descriptors_systemThatDoesNotTell_isNoFault() {
        assertThat(ProcessChecks.descriptors(process.resolve("none")).ok()).isTrue();
    }
}
