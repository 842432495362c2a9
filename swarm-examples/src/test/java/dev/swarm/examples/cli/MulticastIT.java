package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.swarm.examples.TestWait;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes in processes of their own, whose logs are read. Network namespaces need Linux, iproute2 and root. */
class MulticastIT {

    private static final String NAMESPACE =
            "swarm-it-" + ProcessHandle.current().pid() + "-";

    @TempDir
    Path directory;

    private final List<Process> processes = new ArrayList<>();
    private final List<String> namespaces = new ArrayList<>();

    @BeforeEach
    void issueCertificates() {
        swarm("ca", "init", "--dir", at("ca"), "--fleet", "test");
        for (String host : List.of("a", "b")) {
            swarm("ca", "issue", "--dir", at("ca"), "--host", host, "--out", at(host));
        }
    }

    @AfterEach
    void cleanUp() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        for (String namespace : namespaces) {
            run("ip", "netns", "del", namespace);
        }
    }

    @Test
    void node_onLoopback_saysInItsLogWhenMulticastStartsAndEnds() throws Exception {
        String loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress())
                .getName();
        int port = freeUdpPort();
        Process node = start(List.of(), "a", "127.0.0.1:0", "--multicast-port", String.valueOf(port));
        String where = loopback + " for 224.0.0.42:" + port;
        awaitLog("a", "multicast announcer started on " + where + " from 127.0.0.1");
        awaitLog("a", "multicast listener started on " + where);
        awaitReady("a");

        node.destroy();
        assertThat(node.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(log("a"))
                .contains("multicast announcer exited: the node closes")
                .contains("multicast listener exited: the node closes");
    }

    @Test
    void node_withoutMulticast_saysNothingOfIt() throws Exception {
        start(List.of(), "a", "127.0.0.1:0", "--interface", "none");

        awaitReady("a");
        assertThat(log("a")).doesNotContain("multicast");
    }

    @Test
    void node_interfacesComeGoAndChange_areFollowed() throws Exception {
        String one = namespace("a");
        String two = namespace("b");
        assumeTrue(
                run("ip", "link", "add", "eth0", "netns", one, "type", "veth", "peer", "name", "eth0", "netns", two),
                "needs virtual interfaces");
        setUp(two, "eth0", "10.79.0.3/24");
        int port = freeUdpPort();
        String[] group = {"--multicast-port", String.valueOf(port)};
        start(List.of("ip", "netns", "exec", one), "a", "0.0.0.0:1531", group);
        awaitLog("a", "multicast waits for an interface that leads to other machines");

        setUp(one, "eth0", "10.79.0.2/24");
        awaitLog("a", "multicast announcer started on eth0 for 224.0.0.42:" + port + " from 10.79.0.2");
        start(List.of("ip", "netns", "exec", two), "b", "0.0.0.0:1531", group);
        awaitPeer("a", "10.79.0.3:1531");
        awaitPeer("b", "10.79.0.2:1531");

        ip(one, "addr", "flush", "dev", "eth0");
        ip(one, "addr", "add", "10.79.0.99/24", "dev", "eth0");
        awaitLog("a", "multicast announcer started on eth0 for 224.0.0.42:" + port + " from 10.79.0.99");
        assertThat(log("a")).contains("multicast listener exited: ");
        awaitPeer("b", "10.79.0.99:1531");

        ip(one, "link", "del", "eth0");
        awaitLog("a", "multicast listener exited: eth0 is gone");
    }

    private void setUp(String namespace, String name, String address) throws Exception {
        ip(namespace, "addr", "add", address, "dev", name);
        ip(namespace, "link", "set", name, "up");
    }

    private String namespace(String suffix) throws Exception {
        String name = NAMESPACE + suffix;
        assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/ip")) || Files.isExecutable(Path.of("/sbin/ip")), "needs ip");
        assumeTrue(run("ip", "netns", "add", name), "needs network namespaces");
        namespaces.add(name);
        ip(name, "link", "set", "lo", "up");
        return name;
    }

    private void ip(String namespace, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("ip", "-n", namespace));
        command.addAll(List.of(words));
        assertThat(run(command.toArray(new String[0])))
                .as(String.join(" ", command))
                .isTrue();
    }

    private static boolean run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private static int freeUdpPort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Process start(List<String> prefix, String host, String listen, String... further) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.swarm.examples.cli.SwarmCommand",
                "node",
                "--data",
                at("data-" + host),
                "--host",
                host,
                "--listen",
                listen,
                "--cycle",
                "300ms",
                "--min-free-pct",
                "1",
                "--cert",
                at(host + "/node.crt"),
                "--key",
                at(host + "/node.key"),
                "--ca",
                at(host + "/ca.crt")));
        command.addAll(List.of(further));
        Process process = NodeProcesses.atHome(directory, command)
                .redirectError(directory.resolve(host + ".err").toFile())
                .redirectOutput(directory.resolve(host + ".out").toFile())
                .start();
        processes.add(process);
        return process;
    }

    private String log(String host) throws IOException {
        return Files.readString(directory.resolve(host + ".err"));
    }

    private void awaitReady(String host) throws Exception {
        TestWait.until(() -> Files.readString(directory.resolve(host + ".out")).contains("ready"));
    }

    private void awaitLog(String host, String line) throws Exception {
        try {
            TestWait.until(() -> log(host).contains(line));
        } catch (AssertionError e) {
            throw new AssertionError("'" + line + "' is not in the log:\n" + log(host), e);
        }
    }

    private void awaitPeer(String host, String address) throws Exception {
        Path peers = directory.resolve("data-" + host).resolve("peers.json");
        try {
            TestWait.until(() -> Files.exists(peers) && Files.readString(peers).contains('"' + address + '"'));
        } catch (AssertionError e) {
            throw new AssertionError(address + " is not among the peers of " + host + ":\n" + log(host), e);
        }
    }

    private static void swarm(String... arguments) {
        StringWriter err = new StringWriter();
        assertThat(SwarmCommand.run(arguments, new PrintWriter(new StringWriter()), new PrintWriter(err, true)))
                .as(err.toString())
                .isZero();
    }

    private String at(String name) {
        return directory.resolve(name).toString();
    }
}
