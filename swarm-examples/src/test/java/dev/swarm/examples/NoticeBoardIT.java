package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.disk.DiskGate;
import dev.swarm.examples.noticeboard.NoticeBoard;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Role;
import dev.swarm.transport.TestFleet;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin of the plugin author's guide, on real nodes. */
class NoticeBoardIT {

    @TempDir
    Path directory;

    private final TestFleet fleet = new TestFleet("plugins");
    private final NodeCredentials operator = fleet.node("ops", Role.OPERATOR);

    @Test
    void notice_onOneNode_isShownOnTheOtherUntilItIsReplacedAndTakenAway() throws Exception {
        try (SwarmNode a = start("a");
                SwarmNode b = start("b", a)) {
            Path notice = Files.writeString(notices("a").resolve("lunch"), "soup");
            TestWait.until(() -> shows(b, "lunch", "soup"));

            Files.writeString(notice, "roast today");
            TestWait.until(() -> shows(b, "lunch", "roast today"));
            assertThat(notice).hasContent("roast today");
            TestWait.until(() -> "{\"shown\":1}".equals(b.trait("notices")));

            Files.delete(notice);
            TestWait.until(() -> ask(b, "lunch").status() == 404);
        }
    }

    @Test
    void notice_postedByAnOperatorAlone_reachesTheOtherNode() throws Exception {
        try (SwarmNode a = start("a");
                SwarmNode b = start("b", a)) {
            byte[] text = "stairs are wet".getBytes(StandardCharsets.US_ASCII);

            assertThat(post(a, fleet.node("other"), "stairs", text)).isEqualTo(403);
            assertThat(post(a, operator, "..%2fstairs", text)).isEqualTo(400);
            assertThat(post(a, operator, "stairs", new byte[64 * 1024 + 1])).isEqualTo(413);
            assertThat(post(a, operator, "stairs", text)).isEqualTo(201);
            TestWait.until(() -> shows(b, "stairs", "stairs are wet"));
            try (var files = Files.list(notices("a"))) {
                assertThat(files).hasSize(1);
            }
        }
    }

    @Test
    void notice_postedToAFullDisk_isAnsweredWith507() throws Exception {
        try (SmallDisk disk = new SmallDisk(notices("a"), 20);
                SwarmNode a = start("a")) {
            disk.fill(19);

            assertThat(post(a, operator, "stairs", new byte[10])).isEqualTo(507);
            disk.free();
            assertThat(post(a, operator, "stairs", new byte[10])).isEqualTo(201);
        }
    }

    private Path notices(String host) {
        return directory.resolve(host).resolve("notices");
    }

    private SwarmNode start(String host, SwarmNode... peers) throws Exception {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        URL plugin = Path.of("noticeboard").toUri().toURL();
        try (URLClassLoader with = new URLClassLoader(new URL[] {plugin}, before)) {
            thread.setContextClassLoader(with);
            SwarmNode node = SwarmNode.start(SwarmConfig.builder(directory.resolve(host), fleet.node(host))
                    .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .peers(List.of(peers).stream().map(SwarmNode::address).toList())
                    .cycle(Duration.ofMillis(200))
                    .minFreePercent(DiskGate.DEFAULT_MIN_FREE_PERCENT)
                    .build());
            TestWait.until(() -> node.trait("notices") != null);
            assertThat(node.subsystem(NoticeBoard.class)).isNotNull();
            return node;
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private boolean shows(SwarmNode node, String name, String text) throws Exception {
        RawMember.Answer answer = ask(node, name);
        return answer.status() == 200 && answer.text().equals(text);
    }

    private RawMember.Answer ask(SwarmNode node, String name) throws Exception {
        try (RawMember member = new RawMember(operator, node.address())) {
            return member.answer("/notices/" + name);
        }
    }

    private static int post(SwarmNode node, NodeCredentials as, String name, byte[] text) throws Exception {
        try (RawMember member = new RawMember(as, node.address())) {
            return member.post("/notices/" + name, text.length, "X: y", text).status();
        }
    }
}
