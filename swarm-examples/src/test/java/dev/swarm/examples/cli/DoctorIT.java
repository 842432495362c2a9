package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.examples.TestWait;
import dev.swarm.examples.control.ControlServer;
import dev.swarm.examples.control.UnixSockets;
import dev.swarm.trait.JsonText;
import dev.swarm.transport.TestFleet;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DoctorIT extends ProcessesFixture {

    @Test
    void doctor_healthyNode_findsNothing() throws Exception {
        String port;
        try (DatagramSocket free = new DatagramSocket(0)) {
            port = String.valueOf(free.getLocalPort());
        }
        NodeProcesses.listenAddress(nodes.start("a", "--interface", "lo", "--multicast-port", port));
        NodeProcesses.listenAddress(nodes.start("b", "--interface", "lo", "--multicast-port", port));
        TestWait.until(() -> failures("b").isEmpty() && heard("b"));

        NodeProcesses.Answer answer = nodes.about("b", "doctor", "--json");
        assertThat(answer.code()).isZero();
        assertThat(checks(answer))
                .containsKeys(
                        "node",
                        "version",
                        "tcp",
                        "multicast",
                        "udp",
                        "address",
                        "peers",
                        "name",
                        "clock",
                        "deny-list",
                        "store",
                        "state-files",
                        "certificate",
                        "config",
                        "gates",
                        "descriptors",
                        "disk",
                        "seeds",
                        "leftovers");
        assertThat(String.valueOf(checks(answer).get("version").get("finding")))
                .contains("and 1 peers that were asked");
        assertThat(nodes.about("b", "doctor").out().lines()).allMatch(line -> line.startsWith("ok    "));
    }

    @Test
    void doctor_faultsOfARunningNode_areEachNamed() throws Exception {
        Path denyList = directory.resolve("deny.json");
        Path config = Files.writeString(directory.resolve("swarm.yaml"), "swarm: {}\n");
        Process node = nodes.startAfter(
                "ulimit -n 512",
                "a",
                "--min-free-pct",
                "99.99",
                "--deny-list",
                denyList.toString(),
                "--config",
                config.toString(),
                "--announce-address",
                "192.0.2.7");
        NodeProcesses.listenAddress(node);
        Path data = nodes.data("a");
        TestWait.until(() -> Files.exists(data.resolve("state.json")));
        assertThat(nodes.log("a")).contains("WARN DenyGate - there is no deny list at " + denyList);
        Files.writeString(denyList, "not a deny list");
        Files.writeString(config, "swarm:\n  port: many\n");
        Files.writeString(data.resolve("seed").resolve("alone.bin"), "no terms");
        Files.createSymbolicLink(data.resolve("files").resolve("gone"), Path.of("..", ".blobs", "ab".repeat(32)));
        TestWait.until(() -> failures("a").keySet().containsAll(List.of("seeds", "deny-list")));

        Map<String, String> failures = failures("a");

        assertThat(failures)
                .containsOnlyKeys(
                        "peers", "descriptors", "disk", "deny-list", "config", "seeds", "leftovers", "address");
        assertThat(failures.get("descriptors")).contains("limit 512", "LimitNOFILE");
        assertThat(failures.get("disk")).contains("more than 99.99 %", "free space");
        assertThat(failures.get("deny-list")).contains("deny.json", "swarm ca revoke");
        assertThat(failures.get("config")).contains("swarm.yaml:2: swarm.port is 'many'", "write a whole number");
        assertThat(failures.get("seeds")).contains("alone.bin", "swarm broken");
        assertThat(failures.get("leftovers")).contains("files/gone", "swarm cleanup");
        assertThat(failures.get("address")).contains("192.0.2.7", "no interface");
        assertThat(nodes.about("a", "doctor").code()).isEqualTo(1);
        assertThat(nodes.about("a", "doctor").out().lines().filter(line -> line.startsWith("FAIL  ")))
                .hasSize(failures.size());
    }

    @Test
    void doctor_nodeThatCannotWriteItsFiles_isNamed() throws Exception {
        NodeProcesses.listenAddress(nodes.start("a"));
        TestWait.until(() -> Files.exists(nodes.data("a").resolve("state.json")));

        Files.createDirectory(nodes.data("a").resolve("state.json.tmp"));

        TestWait.until(() -> failures("a").containsKey("state-files"));
        assertThat(failures("a").get("state-files")).contains("old though the node runs");
    }

    @Test
    void doctor_nodeThatWasKilled_tellsOfItsFilesAndItsPort() throws Exception {
        Process node = nodes.start("a");
        String address = NodeProcesses.listenAddress(node);
        TestWait.until(() -> Files.exists(nodes.data("a").resolve("state.json")));
        node.destroyForcibly().waitFor();

        assertThat(failures("a")).containsKeys("node", "state-files").doesNotContainKey("tcp");
        assertThat(failures("a").get("node")).contains("no node is running", "swarm node");
        assertThat(failures("a").get("state-files")).contains("without having stopped in order");
        Path config = Files.writeString(directory.resolve("swarm.yaml"), "swarm: { enabled: [\"-a\", \"*\"] }\n");
        assertThat(failures(nodes.about("a", "doctor", "--json", "--config", config.toString()))
                        .get("config"))
                .contains("swarm.enabled [-a,*]", "does not let a in");
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        try (ServerSocket taken = new ServerSocket(port, 1, InetAddress.getByName("0.0.0.0"))) {
            assertThat(taken.isBound()).isTrue();
            assertThat(failures("a").get("tcp")).contains("port " + port + " cannot be had");
        }
    }

    @Test
    void doctor_certificatesWithoutANode_areLookedAtAsGiven() throws Exception {
        nodes.issue(
                "a",
                new TestFleet("other")
                        .issue("a")
                        .usages(TestFleet.Usage.CLIENT_AUTH)
                        .build());
        String at = nodes.certificates("a").toString();

        Map<String, String> failures = failures(nodes.about(
                "a",
                "doctor",
                "--json",
                "--cert",
                at + "/node.crt",
                "--key",
                at + "/node.key",
                "--ca",
                at + "/ca.crt"));

        assertThat(failures.get("certificate")).contains("serverAuth", "issue it again");
    }

    @Test
    void doctor_nodeOfAnotherVersion_isNamed() throws Exception {
        Path data = Files.createDirectory(nodes.data("a"));
        Map<String, Object> old = new LinkedHashMap<>(Map.of("version", "0.0.9", "clock_ahead_ms", 60_000L));
        Path socket = data.resolve("control.sock");
        try (UnixSockets sockets = UnixSockets.open(UnixSockets.Look.NONE);
                ControlServer server = new ControlServer(sockets, socket, Map.of("health", (request, caller) -> old))) {
            assertThat(server).isNotNull();
            assertThat(failures("a").get("version")).contains("the node is 0.0.9", "restart the node");
            assertThat(failures("a").get("clock")).contains("60000 ms ahead");
        }
        try (UnixSockets sockets = UnixSockets.open(UnixSockets.Look.NONE);
                ControlServer server = new ControlServer(sockets, socket, Map.of())) {
            assertThat(server).isNotNull();
            assertThat(failures("a").get("version")).contains("does not know the verb health", "restart the node");
        }
    }

    /** Whether a node has heard datagrams of another, and some of its own. */
    private boolean heard(String host) {
        Map<String, Map<?, ?>> checks = checks(nodes.about(host, "doctor", "--json"));
        return String.valueOf(checks.get("udp").get("finding")).matches("[1-9]\\d* datagrams of other nodes .*")
                && String.valueOf(checks.get("multicast").get("finding")).matches(".* [1-9]\\d* datagrams sent");
    }

    private Map<String, String> failures(String host) {
        return failures(nodes.about(host, "doctor", "--json"));
    }

    /** Failed checks by name, finding and remedy together. */
    private static Map<String, String> failures(NodeProcesses.Answer answer) {
        Map<String, String> failures = new TreeMap<>();
        checks(answer).forEach((name, check) -> {
            if (!Boolean.TRUE.equals(check.get("ok"))) {
                assertThat(String.valueOf(check.get("remedy"))).as(name).isNotEmpty();
                failures.put(name, check.get("finding") + "; " + check.get("remedy"));
            }
        });
        assertThat(answer.code()).isEqualTo(failures.isEmpty() ? 0 : 1);
        return failures;
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
