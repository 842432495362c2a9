package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.TestFleet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node is not started with. */
class NodeCommandTest {

    @TempDir
    Path directory;

    @BeforeEach
    void issueCertificate() throws IOException {
        TestFleet.write(new TestFleet("fleet").node("web"), Files.createDirectory(directory.resolve("web")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--cycle | 1ms | has to be 10ms to 1d",
                "--cycle | 25h | has to be 10ms to 1d",
                "--cycle | soon | write a number with ms, s, m, h or d",
                "--min-free-pct | 100 | write a percentage from 0 to below 100",
                "--min-free-pct | -3 | write a percentage from 0 to below 100",
                "--min-free-pct | little | write a percentage from 0 to below 100",
                "--max-bandwidth | 500% | has to be over 0 and at most 100",
                "--max-bandwidth | 1B/s | has to be at least 65536",
                "--max-bandwidth | all | write a share, as 50%, or a rate",
                "--peer | web-02 | has to be IP:PORT",
                "--coordinator | 10.0.1.2 | has to be IP:PORT",
                "--listen | localhost:1531 | has to be IP:PORT",
                "--announce-address | web-02 | write an IP address",
                "--multicast-group | 10.0.0.1 | write one as 224.0.0.42",
                "--multicast-port | 70000 | has to be 1 to 65535",
                "--multicast-port | many | is no whole number",
                "--trait | os | KEY=VALUE",
                "--user | a b=/home/a | letters, digits"
            })
    void node_valueThatCannotBeUsed_isRefusedByOptionValueAndRemedy(String option, String value, String remedy) {
        NodeProcesses.Answer answer = node("web", option, value);

        assertThat(answer.code()).isEqualTo(CommandFailure.USAGE);
        assertThat(answer.err().lines()).hasSize(1);
        assertThat(answer.err()).contains(option, value.replaceAll("=.*", ""), remedy);
    }

    @ParameterizedTest
    @CsvSource({"a b, letters", "other, the certificate is for 'web'"})
    void node_hostThatCannotBe_isRefusedByOptionValueAndRemedy(String host, String remedy) {
        NodeProcesses.Answer answer = node(host);

        assertThat(answer.code()).isEqualTo(CommandFailure.USAGE);
        assertThat(answer.err().lines()).hasSize(1);
        assertThat(answer.err()).contains("--host", "'" + host + "'", remedy);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--admin | foo | has to be IP:PORT",
                "--admin | 99999 | port out of range",
                "--admin-name | a b | write a host name",
                "--admin-name | swarm.example | add --admin",
                "--cycle | 1ms | has to be 10ms to 1d",
                "--peer | web-02 | has to be IP:PORT",
                "--listen | web-02 | has to be IP:PORT",
                "--max-bandwidth | all | write a share",
                "--announce-address | web-02 | write an IP address",
                "--user | ann=home | write an absolute path"
            })
    void node_valueThatCannotBeUsed_isRefusedBeforeAnythingStarts(String option, String value, String remedy)
            throws IOException {
        Path closed = Files.writeString(directory.resolve("swarm.yaml"), "swarm: { enabled: [] }\n");

        for (NodeProcesses.Answer answer :
                List.of(node("web", option, value), node("web", option, value, "--config", closed.toString()))) {
            assertThat(answer.code()).isEqualTo(CommandFailure.USAGE);
            assertThat(answer.err().lines()).hasSize(1);
            assertThat(answer.err()).contains(option, remedy);
        }
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void node_directoryWithAPathTooLongForItsSocket_isRefusedBeforeAnythingStarts() {
        directory = directory.resolve("a".repeat(120));

        NodeProcesses.Answer answer = node("web");

        assertThat(answer.err()).contains("use a shorter --data directory");
        assertThat(directory).doesNotExist();
    }

    private NodeProcesses.Answer node(String host, String... further) {
        Path at = directory.resolve("web");
        List<String> arguments = new ArrayList<>(List.of("node", "--host", host));
        arguments.addAll(List.of("--data", directory.resolve("data").toString(), "--interface", "none"));
        arguments.addAll(List.of("--cert", at.resolve("node.crt").toString()));
        arguments.addAll(List.of("--key", at.resolve("node.key").toString()));
        arguments.addAll(List.of("--ca", at.resolve("ca.crt").toString()));
        arguments.addAll(List.of(further));
        return NodeProcesses.swarm(arguments.toArray(String[]::new));
    }
}
