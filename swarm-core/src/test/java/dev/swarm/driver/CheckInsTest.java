package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SwarmConfig;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.coordinate.CheckIn;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.Gate;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.node.Moment;
import dev.swarm.node.NodeEffects;
import dev.swarm.node.NodeMachine;
import dev.swarm.node.NodeRules;
import dev.swarm.peer.DialPolicy;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import dev.swarm.transport.Call;
import dev.swarm.transport.Headers;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Request;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.ResponseSink;
import dev.swarm.transport.Role;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.Transport;
import dev.swarm.transport.TransportException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckInsTest {

    private static final NodeCredentials CREDENTIALS = new TestFleet("fleet").node("self");
    private static final PeerAddress SELF = PeerAddress.parse("10.0.0.1:1531");
    private static final PeerAddress COORDINATOR = PeerAddress.parse("10.0.9.1:1531");
    private static final PeerAddress OTHER = PeerAddress.parse("10.0.2.5:1531");
    private static final Duration CYCLE = Duration.ofSeconds(5);
    private static final long START_MILLIS = 1_700_000_000_000L;

    @TempDir
    Path directory;

    private final PeerMap peers = PeerMap.create(new PeerId("self"), 100);
    private final Map<String, String> traits = new TreeMap<>(Map.of("swarm", "{\"n\":1}", "swarm_seeds", "{}"));
    private final List<Sent> sent = new ArrayList<>();
    private long now;
    private CheckIns checkIns;

    /** One request. */
    private record Sent(PeerAddress peer, CheckIn.Question question, ResponseSink sink) {}

    @BeforeEach
    void start() throws Exception {
        checkIns = checkInsWith(List.of(COORDINATOR, COORDINATOR), config -> config);
    }

    private CheckIns checkInsWith(List<PeerAddress> coordinators, UnaryOperator<SwarmConfig.Builder> otherwise)
            throws Exception {
        NodeParts parts = new NodeParts(
                new PeerId("self"),
                new NodeParts.NodeClocks(() -> now, () -> Instant.ofEpochMilli(START_MILLIS + now / 1_000_000)),
                BlobCache.open(directory),
                DiskGate.of(path -> new DiskGate.Space("disk", 1_000, 500), 10),
                null,
                Runnable::run,
                null);
        parts.attach(fake(Transport.class, Map.of("client", new Network(), "localAddress", SELF)));
        NodeRules rules = new NodeRules(
                new PeerId("self"),
                "tag",
                1531,
                CYCLE,
                entry -> true,
                entry -> true,
                () -> false,
                DialPolicy.of(false));
        NodeMachine machine = new NodeMachine(
                rules,
                ManifestCrdt.create(ManifestPolicy.builder().seeding(Gate.ALL).build()),
                peers,
                fake(NodeEffects.class, Map.of()),
                new Random(1));
        SwarmConfig.Builder config = SwarmConfig.builder(directory, CREDENTIALS)
                .coordinators(coordinators)
                .cycle(CYCLE);
        return new CheckIns(
                parts,
                machine,
                otherwise.apply(config).build(),
                () -> Map.copyOf(traits),
                new Random(1),
                Runnable::run);
    }

    @Test
    void cycle_coordinatorAnswers_sendsWhatChangedAlone() {
        cycle();
        assertThat(sent).singleElement().satisfies(first -> {
            assertThat(first.peer()).isEqualTo(COORDINATOR);
            assertThat(first.question().port()).isEqualTo(1531);
            assertThat(first.question().address()).isNull();
            assertThat(first.question().documents()).containsOnlyKeys("swarm", "swarm_seeds");
        });
        answer(answerMissing());
        cycle();
        assertThat(last().question().documents()).isEmpty();
        assertThat(last().question().traits()).containsOnlyKeys("swarm", "swarm_seeds");
        answer(answerMissing());

        traits.put("swarm", "{\"n\":2}");
        cycle();

        assertThat(last().question().documents()).containsOnlyKeys("swarm");
        assertThat(last().question().documents().get("swarm").text()).isEqualTo("{\"n\":2}");
    }

    @Test
    void cycle_toldToAnnounceAnAddress_namesIt() throws Exception {
        InetAddress announced = PeerAddress.parse("203.0.113.7:1").ip();
        checkIns = checkInsWith(List.of(COORDINATOR), config -> config.announceAddress(announced));

        cycle();

        assertThat(last().question().address()).isEqualTo(announced);
    }

    @Test
    void answer_coordinatorForgotATrait_getsItAtOnceAndOnlyOnceACycle() {
        cycle();
        answer(answerMissing());
        cycle();

        answer(answerMissing("swarm"));

        assertThat(sent).hasSize(3);
        assertThat(last().question().documents()).containsOnlyKeys("swarm");
        answer(answerMissing("swarm"));
        assertThat(sent).hasSize(3);
        cycle();
        assertThat(sent).hasSize(4);
    }

    @Test
    void answer_fromCoordinator_tellsOfOthersAndWhenItWas() {
        assertThat(checkIns.last()).isNull();
        cycle();
        Moment then = moment();

        answer(new CheckIn.Answer(
                new Fingerprint(1, 1),
                List.of(),
                Map.of(new BlobId(1, 1, 1, 1), List.of(PeerAddress.parse("10.0.3.3:1531"))),
                List.of(OTHER, PeerAddress.parse("169.254.169.254:1531"), PeerAddress.parse("10.0.0.1:22"))));

        assertThat(peers.peers(now))
                .extracting(peer -> peer.address().toString())
                .containsExactlyInAnyOrder("10.0.9.1:1531", "10.0.2.5:1531", "10.0.3.3:1531");
        assertThat(checkIns.last()).isEqualTo(Instant.ofEpochMilli(then.epochMillis()));
    }

    @Test
    void answer_ofMemberWithoutRole_isNotTakenAndItIsAskedOnceAMinute() {
        for (int cycle = 0; cycle < 25; cycle++) {
            int before = sent.size();
            cycle();
            if (sent.size() > before) {
                answer(200, new CheckIn.Answer(new Fingerprint(1, 1), List.of(), Map.of(), List.of(OTHER)), "plain");
            }
        }

        assertThat(sent).hasSize(3);
        assertThat(peers.peers(now)).isEmpty();
        assertThat(checkIns.last()).isNull();
    }

    @Test
    void answer_ofThisNodeItself_isNotTaken() {
        cycle();
        answer(
                200,
                new CheckIn.Answer(new Fingerprint(1, 1), List.of(), Map.of(), List.of(OTHER)),
                "self",
                Role.COORDINATOR);

        assertThat(peers.peers(now)).isEmpty();
        assertThat(checkIns.last()).isNull();
    }

    @Test
    void cycle_nobodyAnswers_triesEachSecondCycleAndGoesOnWhenItComesBack() {
        for (int cycle = 0; cycle < 12; cycle++) {
            int before = sent.size();
            cycle();
            if (sent.size() > before) {
                fail();
            }
        }
        assertThat(sent).hasSizeBetween(6, 7);

        int before = sent.size();
        cycle();
        if (sent.size() == before) {
            cycle();
        }
        answer(answerMissing());
        cycle();
        assertThat(sent).hasSize(before + 2);
        assertThat(checkIns.last()).isNotNull();
    }

    @Test
    void cycle_coordinatorIsBusy_comesBackLessAndLessOften() {
        for (int cycle = 0; cycle < 200; cycle++) {
            int before = sent.size();
            cycle();
            if (sent.size() > before) {
                answer(503, answerMissing(), "co", Role.COORDINATOR);
            }
        }
        assertThat(sent).hasSizeBetween(200 / 12, 200 / 3);
    }

    @Test
    void cycle_answerIsLate_isGivenUpAndCountsNoLonger() {
        cycle();
        Sent late = last();
        cycle();
        assertThat(sent).hasSize(1);
        cycle();
        assertThat(sent).hasSize(2);

        answer(late, 200, answerMissing().encode(), "co", Role.COORDINATOR);

        assertThat(checkIns.last()).isNull();
        answer(answerMissing());
        assertThat(checkIns.last()).isNotNull();
    }

    @Test
    void answer_thatCannotBeRead_changesNothing() {
        for (String body : List.of("", "[]", "{\"peers\":[\"10.0.2.5:1531\"]}", "x".repeat(70_000))) {
            cycle();
            cycle();
            answer(last(), 200, ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)), "co", Role.COORDINATOR);
        }

        assertThat(peers.peers(now)).isEmpty();
        assertThat(checkIns.last()).isNull();
    }

    @Test
    void cycle_severalCoordinators_oneDown_othersAreAskedEachCycle() throws Exception {
        checkIns = checkInsWith(List.of(COORDINATOR, OTHER), config -> config);
        for (int cycle = 0; cycle < 6; cycle++) {
            List<Sent> before = List.copyOf(sent);
            cycle();
            for (Sent request : sent.subList(before.size(), sent.size()).toArray(Sent[]::new)) {
                if (request.peer().equals(OTHER)) {
                    answer(request, 200, answerMissing().encode(), "co-2", Role.COORDINATOR);
                } else {
                    request.sink().onFailure(new TransportException(TransportException.Kind.CONNECT, "refused", null));
                }
            }
        }

        assertThat(sent.stream().filter(request -> request.peer().equals(OTHER)))
                .hasSize(6);
        assertThat(sent.stream().filter(request -> request.peer().equals(COORDINATOR)))
                .hasSizeLessThan(5);
    }

    @Test
    void cycle_traitThatIsNoJson_isLeftOutAndTheOthersAreReported() {
        traits.put("torn", "{");
        traits.put("a name with blanks", "{}");
        traits.put("long", "{\"a\":1,\"b\":\"" + "x".repeat(2_000_000) + "\"}");

        cycle();

        assertThat(last().question().traits()).containsOnlyKeys("swarm", "swarm_seeds", "long");
        assertThat(last().question().documents().get("long").text()).isEqualTo("{\"a\":1,\"left_out\":[\"b\"]}");
    }

    private void cycle() {
        now += CYCLE.toNanos();
        checkIns.cycle(moment());
    }

    private Moment moment() {
        return new Moment(now, START_MILLIS + now / 1_000_000);
    }

    private Sent last() {
        return sent.get(sent.size() - 1);
    }

    private static CheckIn.Answer answerMissing(String... traits) {
        return new CheckIn.Answer(Fingerprint.ZERO, List.of(traits), Map.of(), List.of());
    }

    private void answer(CheckIn.Answer answer) {
        answer(200, answer, "co", Role.COORDINATOR);
    }

    private void answer(int status, CheckIn.Answer answer, String host, Role... roles) {
        answer(last(), status, answer.encode(), host, roles);
    }

    private static void answer(Sent request, int status, ByteBuffer body, String host, Role... roles) {
        PeerCertificate peer = new PeerCertificate(new PeerId(host), Set.of(roles), CREDENTIALS.certificate());
        request.sink().onHead(new ResponseHead(status, Headers.empty()), peer);
        request.sink().onBody(body);
        request.sink().onEnd();
    }

    private void fail() {
        last().sink().onFailure(new TransportException(TransportException.Kind.CONNECT, "refused", null));
    }

    private static <T> T fake(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> answers.get(method.getName())));
    }

    /** Takes requests and leaves the answers to the test. */
    private final class Network implements PeerClient {

        @Override
        public Call send(PeerAddress peer, Lane lane, Request request, ResponseSink sink) {
            assertThat(request.target()).isEqualTo("/checkin");
            sent.add(new Sent(peer, CheckIn.Question.decode(request.body()), sink));
            return fake(Call.class, Map.of());
        }

        @Override
        public long roundTripNanos(PeerAddress peer) {
            return 0;
        }
    }
}
