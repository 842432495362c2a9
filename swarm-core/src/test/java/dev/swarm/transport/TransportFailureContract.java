package dev.swarm.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.TransportException.Kind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How every transport fails: as which kind, with which words, and letting go of what it held. */
public abstract class TransportFailureContract extends TransportFixture {

    /** Many more than the turns that it takes; each may find the places taken. */
    private static final int MOST_TRIES = 2_000;

    @Test
    void send_nobodyListens_failsToConnect() {
        TestNode server = node("server");
        PeerAddress gone = server.address();
        server.close();

        TransportException failure =
                node("client").send(gone, Lane.CONTROL, Request.get("/")).failure();

        assertThat(failure.kind()).isEqualTo(Kind.CONNECT);
        assertThat(failure).hasMessageContaining(gone.toString());
    }

    @Test
    void get_heldBackOnReservedPlaces_everyoneGetsATurn() throws Exception {
        int peers = 12;
        int open = 4;
        TestNode server = node(
                        FLEET.node("server"),
                        config -> config.limits(limits(l -> l.maxConnections(open + 2)
                                .reservedConnections(2)
                                .reservedTimeout(Duration.ofMillis(200)))))
                .serve(text("/health", "well").asReserved())
                .serve(Route.get("/held", exchange -> {
                            exchange.onAbort(() -> {});
                            exchange.onHurry(() -> exchange.respond(200, NO_FIELDS, utf8("nothing new")));
                        })
                        .asReserved());
        for (int peer = 0; peer < open; peer++) {
            assertThat(node("stays-" + peer).get(server, "/health").status()).isEqualTo(200);
        }
        ExecutorService threads = Executors.newFixedThreadPool(peers - open);
        try {
            List<Future<Integer>> tries = new ArrayList<>();
            for (int peer = open; peer < peers; peer++) {
                TestNode node = node("comes-" + peer);
                tries.add(threads.submit(() -> triesUntilServed(node, server)));
            }
            for (Future<Integer> each : tries) {
                assertThat(each.get(WAIT_SECONDS, TimeUnit.SECONDS)).isLessThan(MOST_TRIES);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static int triesUntilServed(TestNode node, TestNode server) {
        int tries = 1;
        while (tries < MOST_TRIES && node.get(server, "/held").status() == 503) {
            tries++;
        }
        return tries;
    }

    @Test
    void get_heldBackOnAnOpenPlace_isNotHurried() throws Exception {
        CountDownLatch hurried = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        TestNode server = node(
                        FLEET.node("server"),
                        config -> config.limits(limits(l -> l.maxConnections(3)
                                .reservedConnections(1)
                                .reservedTimeout(Duration.ofMillis(50))
                                .responseTimeout(Duration.ofMillis(600)))))
                .serve(Route.get("/held", exchange -> {
                            exchange.onHurry(hurried::countDown);
                            asked.countDown();
                        })
                        .asReserved());

        assertThat(node("client").get(server, "/held").status()).isEqualTo(503);

        assertThat(asked.getCount()).isZero();
        assertThat(hurried.getCount()).isEqualTo(1);
    }

    @Test
    void send_peerOfAnotherFleet_failsTheHandshakeNamingTheAuthority() {
        TestNode server = node(new TestFleet("other fleet").node("server"), UnaryOperator.identity());

        TransportException failure = node("client").get(server, "/").failure();

        assertThat(failure.kind()).isEqualTo(Kind.HANDSHAKE);
        assertThat(failure).hasMessageContaining("was not issued by this fleet's authority");
    }

    @Test
    void send_peerThatTrustsOthers_failsTheHandshakeWithItsRefusal() {
        TestNode server = node("server");
        NodeCredentials stranger = new TestFleet("other fleet").node("client");
        NodeCredentials gullible = new NodeCredentials(stranger.chain(), stranger.key(), FLEET.authority());

        assertThatThrownBy(() -> node(gullible, UnaryOperator.identity()))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("was not issued by this fleet's authority");
        TransportException failure =
                node(stranger, UnaryOperator.identity()).get(server, "/").failure();
        assertThat(failure.kind()).isEqualTo(Kind.HANDSHAKE);
    }

    @ParameterizedTest
    @EnumSource(TestFleet.Usage.class)
    void send_peersCertificateLacksUsage_namesItAndTheRemedy(TestFleet.Usage only) {
        String missing = only == TestFleet.Usage.CLIENT_AUTH ? "serverAuth" : "clientAuth";
        TestNode server = node(FLEET.issue("web-01").usages(only).build(), config -> config.memberCheck(this::lenient));

        TransportException failure = node("client").get(server, "/").failure();

        assertThat(failure.kind()).isEqualTo(Kind.HANDSHAKE);
        assertThat(failure)
                .hasMessageContaining("certificate of web-01 does not allow extended key usage " + missing
                        + "; issue it again with clientAuth and serverAuth");
    }

    @Test
    void send_ownCertificateRefusedByThePeer_failsTheHandshake() {
        TestNode server = node("server").serve(text("/text", "text"));
        TestNode client = node(
                FLEET.issue("web-01").usages(TestFleet.Usage.CLIENT_AUTH).build(),
                config -> config.memberCheck(this::lenient));

        TransportException failure = client.get(server, "/text").failure();

        assertThat(failure.kind()).isEqualTo(Kind.HANDSHAKE);
        assertThat(failure).hasMessageContaining("peer refused this node");
    }

    @Test
    void open_ownCertificateLacksUsage_isRefusedNamingIt() {
        NodeCredentials lacking =
                FLEET.issue("web-01").usages(TestFleet.Usage.CLIENT_AUTH).build();

        assertThatThrownBy(() -> node(lacking, UnaryOperator.identity()))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("serverAuth; issue it again with clientAuth and serverAuth");
    }

    @Test
    void open_portInUse_isRefusedWithAddressAndRemedy() {
        int port = node("first").address().port();
        InetSocketAddress taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);

        assertThatThrownBy(() -> node(FLEET.node("second"), config -> config.listen(taken)))
                .isInstanceOfSatisfying(SwarmException.class, e -> assertThat(e.reason())
                        .isEqualTo(SwarmException.Reason.INVALID_INPUT))
                .hasMessageContaining(String.valueOf(port))
                .hasMessageContaining("choose another address or port");
    }

    @Test
    void get_contentFailsMidway_isTruncated() throws InterruptedException {
        PatternContent content = new PatternContent(4 << 20, 1 << 20);
        TestNode server =
                node("server").serve(Route.get("/bad", exchange -> exchange.respond(200, NO_FIELDS, content)));

        TransportException failure = node("client").get(server, "/bad").failure();

        assertThat(failure.kind()).isEqualTo(Kind.TRUNCATED);
        assertThat(await(content.closed())).isTrue();
    }

    @Test
    void cancel_whileTheAnswerIsHeldBack_tellsBothEnds() throws InterruptedException {
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch aborted = new CountDownLatch(1);
        TestNode server = node("server").serve(Route.get("/wait", exchange -> {
            exchange.onAbort(aborted::countDown);
            handling.countDown();
        }));
        CollectingSink sink = new CollectingSink();
        Call call =
                node("client").transport().client().send(server.address(), Lane.WAITING, Request.get("/wait"), sink);
        assertThat(await(handling)).isTrue();

        call.cancel();
        call.cancel();

        assertThat(sink.failure().kind()).isEqualTo(Kind.CANCELLED);
        assertThat(await(aborted)).isTrue();
        assertThat(sink.lastCalls()).isOne();
    }

    @Test
    void cancel_midwayThroughABody_closesTheSourceAndLeavesOthersAlone() throws InterruptedException {
        PatternContent content = new PatternContent(1L << 40);
        TestNode server = node("server")
                .serve(Route.get("/endless", exchange -> exchange.respond(200, NO_FIELDS, content)))
                .serve(text("/text", "text"));
        TestNode client = node("client");
        CountDownLatch some = new CountDownLatch(50);
        CollectingSink sink = new CollectingSink() {
            @Override
            protected void keep(byte[] data) {
                some.countDown();
            }
        };
        Call call = client.transport().client().send(server.address(), Lane.BULK, Request.get("/endless"), sink);
        assertThat(await(some)).isTrue();
        CollectingSink behind = client.send(server.address(), Lane.BULK, Request.get("/text"));

        call.cancel();

        assertThat(sink.failure().kind()).isEqualTo(Kind.CANCELLED);
        assertThat(behind.text()).isEqualTo("text");
        assertThat(await(content.closed())).isTrue();
    }

    @Test
    void get_handlerNeverAnswers_is503OnItsBehalf() {
        TestNode server = node(
                        FLEET.node("server"),
                        config -> config.limits(limits(l -> l.responseTimeout(Duration.ofMillis(200)))))
                .serve(Route.get("/never", exchange -> {}));

        assertThat(node("client").get(server, "/never").status()).isEqualTo(503);
    }

    @Test
    void get_noAnswerInTime_failsWithTimeout() {
        TestNode server = node("server").serve(Route.get("/never", exchange -> {}));
        TestNode client = node(
                FLEET.node("client"), config -> config.limits(limits(l -> l.responseTimeout(Duration.ofMillis(200)))));

        assertThat(client.get(server, "/never").failure().kind()).isEqualTo(Kind.TIMEOUT);
    }

    @Test
    void get_sinkThrows_isGivenUp() {
        TestNode server = node("server").serve(text("/text", "text"));
        CollectingSink sink = new CollectingSink() {
            @Override
            protected void keep(byte[] data) {
                throw new IllegalStateException("sink is broken");
            }
        };
        TestNode client = node("client");

        client.transport().client().send(server.address(), Lane.CONTROL, Request.get("/text"), sink);

        assertThat(sink.failure().kind()).isEqualTo(Kind.CANCELLED);
        assertThat(client.get(server, "/text").text()).isEqualTo("text");
    }

    @Test
    void recheck_clientNoLongerAdmitted_cutsItsConnection() throws InterruptedException {
        AtomicBoolean admitted = new AtomicBoolean(true);
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch aborted = new CountDownLatch(1);
        TestNode server = node(FLEET.node("server"), config -> config.admitted(peer -> admitted.get()))
                .serve(Route.get("/wait", exchange -> {
                    exchange.onAbort(aborted::countDown);
                    handling.countDown();
                }));
        CollectingSink answer = node("client").send(server.address(), Lane.WAITING, Request.get("/wait"));
        assertThat(await(handling)).isTrue();

        admitted.set(false);
        server.transport().recheck();

        assertThat(await(aborted)).isTrue();
        assertThat(answer.failure().kind()).isEqualTo(Kind.TRUNCATED);
    }

    @Test
    void recheck_serverNoLongerAdmitted_failsWhatIsAskedOfIt() throws InterruptedException {
        AtomicBoolean admitted = new AtomicBoolean(true);
        CountDownLatch handling = new CountDownLatch(1);
        TestNode server = node("server").serve(Route.get("/wait", exchange -> handling.countDown()));
        TestNode client = node(FLEET.node("client"), config -> config.admitted(peer -> admitted.get()));
        CollectingSink answer = client.send(server.address(), Lane.WAITING, Request.get("/wait"));
        assertThat(await(handling)).isTrue();

        admitted.set(false);
        client.transport().recheck();

        assertThat(answer.failure().kind()).isEqualTo(Kind.HANDSHAKE);
        assertThat(answer.failure()).hasMessageContaining("server is not admitted");
    }

    private PeerCertificate lenient(X509Certificate certificate) {
        return new PeerCertificate(new PeerId("any"), Set.of(), certificate);
    }
}
