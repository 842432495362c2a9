package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.examples.TestWait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A node that goes by a configuration file. */
class ConfigIT extends ProcessesFixture {

    @Test
    void config_changedWhileTheNodeRuns_countsWithoutARestart() throws Exception {
        config("payload: { enabled: [\"*\"] }");
        Process node = nodes.start("a", "--config", file().toString());
        NodeProcesses.listenAddress(node);
        TestWait.until(() -> status().contains("\"filecast\":true"));

        config("payload: { enabled: [\"-a\", \"*\"] }");
        TestWait.until(() -> status().contains("\"filecast\":false"));
        Path report = Files.writeString(directory.resolve("report.txt"), "report");
        NodeProcesses.Answer refused = nodes.about("a", "distribute", report.toString(), "--target", "*");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("filecast is not open on a");

        config("payload: { enabled: [\"a b\"] }");
        TestWait.until(() -> nodes.log("a").contains("swarm.yaml:2: swarm.payload.enabled: host pattern"));
        assertThat(status()).contains("\"filecast\":false");
        assertThat(nodes.log("a")).containsOnlyOnce("swarm.yaml:2:").contains("what was in force before stays so");

        config("payload: { enabled: [\"a\"] }");
        TestWait.until(() -> status().contains("\"filecast\":true"));
        assertThat(nodes.about("a", "distribute", report.toString(), "--target", "*")
                        .code())
                .isZero();
        assertThat(node.isAlive()).isTrue();
    }

    @Test
    void config_hostLosesAndRegainsTheNode_stopsAndStartsWithIt() throws Exception {
        config("enabled: [\"*\"]");
        Process node = nodes.start("a", "--config", file().toString(), "--cycle", "1h");
        NodeProcesses.listenAddress(node);

        config("enabled: [\"b\"]");
        NodeProcesses.hangUp(node);
        TestWait.until(() -> nodes.about("a", "purge").code() == CommandFailure.NO_NODE);
        assertThat(nodes.log("a")).contains("swarm.enabled [b] does not let a in");
        assertThat(node.isAlive()).isTrue();

        config("enabled: [\"a\"]");
        NodeProcesses.hangUp(node);
        NodeProcesses.listenAddress(node);
        assertThat(nodes.about("a", "purge").code()).isZero();
        assertThat(node.toHandle().destroy()).isTrue();
        assertThat(node.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void config_portAndBandwidth_countUnlessAFlagSaysOtherwise() throws Exception {
        config("port: 1\n  max_bandwidth_percent: 10\n  announce_address: 127.0.0.1");
        Process node = nodes.start("a", "--config", file().toString(), "--max-bandwidth", "3MiB/s");

        assertThat(NodeProcesses.listenAddress(node)).doesNotEndWith(":1");
        TestWait.until(() -> nodes.log("a").contains("downloads take 3145728 bytes/s"));
    }

    @Test
    void config_mistake_endsTheCommandInOneLine() throws Exception {
        config("prot: 1531");
        Process node = nodes.start("a", "--config", file().toString());

        assertThat(node.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).isEqualTo(CommandFailure.USAGE);
        assertThat(nodes.log("a").lines().toList())
                .singleElement()
                .asString()
                .contains("swarm.yaml:2: swarm.prot is not known");
    }

    private String status() {
        return nodes.about("a", "status", "--json").out();
    }

    private Path file() {
        return directory.resolve("swarm.yaml");
    }

    private void config(String inSection) throws IOException {
        Path whole = Files.writeString(directory.resolve("swarm.yaml.new"), "swarm:\n  " + inSection + "\n");
        Files.move(whole, file(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
