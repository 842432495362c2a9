package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.Bandwidth;
import dev.swarm.MulticastOptions;
import dev.swarm.SeedOptions;
import dev.swarm.SwarmConfig;
import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.SystemAdapters;
import dev.swarm.blob.BlobId;
import dev.swarm.coordinate.CheckIn;
import dev.swarm.coordinate.FleetReport;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.trait.JsonText;
import dev.swarm.transport.Headers;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Role;
import dev.swarm.transport.Route;
import dev.swarm.transport.Router;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.Transport;
import dev.swarm.transport.TransportConfig;
import dev.swarm.transport.TransportLimits;
import dev.swarm.transport.TransportProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that know nobody but a coordinator; no multicast. */
class CoordinatorIT {

    private static final int MIB = 1 << 20;
    private static final Bandwidth SLOW = Bandwidth.bytesPerSecond(4 * MIB);

    @TempDir
    Path directory;

    private final TestFleet authority = new TestFleet("demo");
    private final List<SwarmNode> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(SwarmNode::close);
    }

    @Test
    void transfer_coordinatorDiesMeanwhile_isFoundThroughItAndEndsWithoutIt() throws Exception {
        SwarmNode coordinator = startCoordinator();
        SwarmNode seeder = startUnder(coordinator, "a", config -> config);
        SwarmNode receiver = startUnder(coordinator, "b", config -> config.maxBandwidth(SLOW));
        Path file = Files.write(directory.resolve("app.bin"), Seeds.content(1, 32 * MIB));
        BlobId blob = seeder.seed(file, SeedOptions.to("b"));
        TestWait.until(() -> heldChunks(receiver, blob) >= 4);

        coordinator.close();
        receiver.limitDownloads(Bandwidth.unlimited());

        receiver.awaitComplete(blob).get(60, TimeUnit.SECONDS);
        assertThat(Files.mismatch(receiver.pathOf(blob), file)).isEqualTo(-1);
        assertThat(Seeds.sources(receiver, blob))
                .containsOnlyKeys(seeder.address().toString());
    }

    @Test
    void fleet_nodesCheckIn_tellsWhatEachReportsAndNotItself() throws Exception {
        SwarmNode coordinator = startCoordinator();
        SwarmNode seeder = startUnder(coordinator, "a", config -> config);
        startUnder(coordinator, "b", config -> config.traits(Map.of("role", "web")));
        BlobId blob =
                seeder.seed(Files.write(directory.resolve("app.bin"), Seeds.content(2, MIB)), SeedOptions.to("b"));

        TestWait.until(() -> hosts(coordinator).equals(List.of("a", "b"))
                && report(coordinator, "a", "swarm").contains(blob.hex())
                && report(coordinator, "b", "swarm").contains(blob.hex()));

        FleetReport first = coordinator.fleet().get(0);
        assertThat(first.address()).isEqualTo(seeder.address());
        assertThat(first.quiet()).isLessThan(Duration.ofSeconds(30));
        assertThat(first.traits()).contains("swarm", "swarm_seeds");
        assertThat(JsonText.readObject(first.trait("swarm"))).containsKeys("blob_count", "blobs");
        assertThat(JsonText.readObject(report(coordinator, "b", "swarm")))
                .containsEntry("traits", Map.of("role", "web"));
        assertThat(seeder.fleet()).isEmpty();
    }

    @Test
    void fleet_coordinatorStartedAnew_isKnownAgainWithinTwoCycles() throws Exception {
        Duration cycle = Duration.ofSeconds(2);
        SwarmNode first = startCoordinator();
        PeerAddress address = first.address();
        startUnder(first, "a", config -> config.cycle(cycle));
        startUnder(first, "b", config -> config.cycle(cycle));
        TestWait.until(() -> hosts(first).equals(List.of("a", "b")));
        first.close();
        long stopped = System.nanoTime();
        TestWait.until(() -> System.nanoTime() - stopped > 3 * cycle.toNanos());

        SwarmNode second = start("co", authority.node("co", Role.COORDINATOR), config -> config.coordinate(true)
                .listen(address.toSocketAddress()));
        long started = System.nanoTime();
        TestWait.until(() -> hosts(second).equals(List.of("a", "b"))
                && !report(second, "a", "swarm").isEmpty()
                && !report(second, "b", "swarm_seeds").isEmpty());

        assertThat(Duration.ofNanos(System.nanoTime() - started))
                .isLessThan(cycle.multipliedBy(2).plusSeconds(1));
    }

    @Test
    void revocation_nodeMeetsNobodyButTheCoordinator_reachesIt() throws Exception {
        SwarmNode coordinator = startCoordinator();
        SwarmNode seeder = startUnder(coordinator, "a", config -> config);
        SwarmNode receiver = startUnder(coordinator, "b", config -> config);
        BlobId blob =
                seeder.seed(Files.write(directory.resolve("app.bin"), Seeds.content(3, MIB)), SeedOptions.to("b"));
        receiver.awaitComplete(blob).get(60, TimeUnit.SECONDS);
        receiver.close();
        seeder.revoke(blob);
        TestWait.until(() -> !Seeds.isActive(coordinator, blob));
        seeder.close();
        Files.deleteIfExists(data("b").resolve("peers.json"));

        SwarmNode returned = startUnder(coordinator, "b", config -> config);

        TestWait.until(() -> Files.notExists(returned.pathOf(blob)));
        assertThat(Seeds.isActive(returned, blob)).isFalse();
    }

    @Test
    void checkIn_memberWithoutRole_isNotBelieved() throws Exception {
        SwarmNode bait = start("bait", config -> config);
        AtomicInteger asked = new AtomicInteger();
        try (Transport plain = falseCoordinator(authority.node("plain"), bait.address(), asked);
                Transport real = falseCoordinator(authority.node("real", Role.COORDINATOR), bait.address(), asked)) {
            SwarmNode credulous = start("a", config -> config.coordinators(List.of(real.localAddress())));
            SwarmNode cautious = start("b", config -> config.coordinators(List.of(plain.localAddress())));
            TestWait.until(() -> knows(credulous, bait) && asked.get() >= 5);

            assertThat(knows(cautious, bait)).isFalse();
            assertThat(cautious.peers()).isEmpty();
            assertThat(cautious.status().lastCheckIn()).isNull();
        }
    }

    @Test
    void checkIn_garbageOversizeAndSlowBodies_areRefusedAndChangeNothing() throws Exception {
        TransportLimits hasty =
                TransportLimits.builder().responseTimeout(Duration.ofSeconds(2)).build();
        SwarmNode coordinator = start("co", authority.node("co", Role.COORDINATOR), config -> config.coordinate(true)
                .limits(hasty));
        NodeCredentials member = authority.node("rogue");
        String wrongDigest =
                "{\"port\":1531,\"traits\":{\"swarm\":\"" + "0".repeat(64) + "\"},\"documents\":{\"swarm\":\"{}\"}}";
        for (String body : List.of("", "garbage", "[]", "{\"port\":0}", wrongDigest, "{\"port\":1531")) {
            assertThat(post(member, coordinator, body, body.length())).as(body).isEqualTo(400);
        }
        assertThat(post(member, coordinator, "", CheckIn.MAX_QUESTION_BYTES + 1))
                .isEqualTo(413);
        assertThat(post(member, coordinator, "{\"port\":", 100)).isEqualTo(408);

        assertThat(coordinator.fleet()).isEmpty();
        assertThat(coordinator.peers()).isEmpty();
        assertThat(post(member, coordinator, "{\"port\":1531}", 13)).isEqualTo(200);
        assertThat(hosts(coordinator)).containsExactly("rogue");
    }

    @Test
    void checkIn_announcedAddress_isReportedInPlaceOfTheOneItCameFrom() throws Exception {
        SwarmNode coordinator = startCoordinator();
        String body = "{\"port\":1531,\"address\":\"10.9.9.9\"}";

        assertThat(post(authority.node("behind"), coordinator, body, body.length()))
                .isEqualTo(200);

        assertThat(coordinator.fleet())
                .extracting(FleetReport::address)
                .containsExactly(PeerAddress.parse("10.9.9.9:1531"));
    }

    @Test
    void checkIn_nodeThatDoesNotCoordinate_answers404() throws Exception {
        SwarmNode plain = start("a", config -> config);

        assertThat(post(authority.node("b"), plain, "{\"port\":1531}", 13)).isEqualTo(404);
    }

    @Test
    void start_coordinateWithoutRole_isRefusedWithTheRemedy() throws Exception {
        assertThatThrownBy(() -> start("a", config -> config.coordinate(true)))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("swarm ca issue --role coordinator");

        SwarmNode coordinator = startCoordinator();
        assertThatThrownBy(() -> coordinator.rotate(authority.node("co")))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("no coordinator role");
        coordinator.rotate(authority.node("co", Role.COORDINATOR));
    }

    @Test
    void status_withAndWithoutCoordinator_tellsWhenItCheckedInLast() throws Exception {
        Instant before = Instant.now().minusMillis(1);
        SwarmNode coordinator = start("co", authority.node("co", Role.COORDINATOR), config -> config.coordinate(true)
                .coordinators(List.of(PeerAddress.parse("127.0.0.1:1"))));
        SwarmNode node = startUnder(coordinator, "a", config -> config);
        TestWait.until(() -> node.status().lastCheckIn() != null);

        assertThat(node.status().lastCheckIn()).isAfter(before);
        TestWait.until(() -> state("a").get("last_checkin_ms") instanceof Long);
        assertThat(state("co")).containsEntry("last_checkin_ms", null).containsKey("last_cycle_ms");
        assertThat(coordinator.status().lastCheckIn()).isNull();
    }

    private SwarmNode startCoordinator() {
        return start("co", authority.node("co", Role.COORDINATOR), config -> config.coordinate(true));
    }

    /** Starts a node that knows nobody but the coordinator, and the coordinator not by {@code peers}. */
    private SwarmNode startUnder(SwarmNode coordinator, String host, UnaryOperator<SwarmConfig.Builder> otherwise) {
        return start(host, config -> otherwise.apply(config.coordinators(List.of(coordinator.address()))));
    }

    private SwarmNode start(String host, UnaryOperator<SwarmConfig.Builder> otherwise) {
        return start(host, authority.node(host), otherwise);
    }

    private SwarmNode start(String host, NodeCredentials credentials, UnaryOperator<SwarmConfig.Builder> otherwise) {
        SwarmConfig.Builder config = SwarmConfig.builder(data(host), credentials)
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .multicast(MulticastOptions.off())
                .cycle(Duration.ofMillis(200))
                .minFreePercent(1);
        SwarmNode node = SwarmNode.start(otherwise.apply(config).build());
        nodes.add(node);
        return node;
    }

    private Path data(String host) {
        return directory.resolve(host);
    }

    private Map<String, Object> state(String host) throws IOException {
        Path file = data(host).resolve("state.json");
        return Files.exists(file) ? JsonText.readObject(Files.readString(file)) : Map.of();
    }

    private static boolean knows(SwarmNode node, SwarmNode other) {
        return node.peers().stream().anyMatch(peer -> peer.address().equals(other.address()));
    }

    private static List<String> hosts(SwarmNode coordinator) {
        return coordinator.fleet().stream()
                .map(FleetReport::host)
                .map(PeerId::host)
                .toList();
    }

    private static String report(SwarmNode coordinator, String host, String trait) {
        return coordinator.fleet().stream()
                .filter(report -> report.host().host().equals(host))
                .map(report -> String.valueOf(report.trait(trait)))
                .filter(text -> !text.equals("null"))
                .findFirst()
                .orElse("");
    }

    private static long heldChunks(SwarmNode node, BlobId blob) {
        return node.status().transfers().stream()
                .filter(transfer -> transfer.blob().equals(blob))
                .mapToLong(transfer -> transfer.chunksHeld())
                .sum();
    }

    private static int post(NodeCredentials member, SwarmNode node, String body, int length) throws Exception {
        try (RawMember raw = new RawMember(member, node.address())) {
            return raw.post("/checkin", length, body.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Answers check-ins with the name of one node, as a coordinator would. */
    private static Transport falseCoordinator(NodeCredentials credentials, PeerAddress named, AtomicInteger asked) {
        Router router = new Router();
        CheckIn.Answer answer = new CheckIn.Answer(new Fingerprint(1, 2), List.of(), Map.of(), List.of(named));
        router.add(Route.post("/checkin", CheckIn.MAX_QUESTION_BYTES, exchange -> {
            asked.incrementAndGet();
            exchange.respond(200, Headers.empty(), answer.encode());
        }));
        return TransportProvider.installed()
                .open(TransportConfig.builder()
                        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .credentials(credentials)
                        .memberCheck(MemberCertificates::read)
                        .admitted(member -> true)
                        .router(router)
                        .ticker(SystemAdapters.ticker())
                        .threads(Thread::new)
                        .workers(Runnable::run)
                        .handlers(Runnable::run)
                        .build());
    }
}
