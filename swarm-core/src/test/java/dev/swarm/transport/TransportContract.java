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
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every transport does, over real sockets on the loopback interface. */
public abstract class TransportContract extends TransportFixture {

    @Nested
    class Exchanges {

        @Test
        void get_routeInMemory_givesStatusFieldsBodyAndPeer() {
            TestNode server = node("server")
                    .serve(Route.get(
                            "/hello/{name}",
                            exchange -> exchange.respond(
                                    200,
                                    Headers.of(
                                            "X-Asked-By", exchange.peer().host().host()),
                                    utf8("hello " + exchange.pathParameter("name") + exchange.query()))));
            TestNode client = node("client");

            CollectingSink answer = client.get(server, "/hello/w%C3%B6rld?a=1&b=%202&a=3");

            assertThat(answer.text()).isEqualTo("hello wörld{a=1, b= 2}");
            assertThat(answer.head().status()).isEqualTo(200);
            assertThat(answer.head().headers().first("x-asked-by")).isEqualTo("client");
            assertThat(answer.head().headers().first("date")).endsWith(" GMT");
            assertThat(answer.peer().host()).isEqualTo(new PeerId("server"));
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 100, 8_192, 8_193, 1_000_000})
        void post_bodyOfAnySize_arrivesAndReturns(int size) {
            TestNode server = node("server")
                    .serve(Route.post("/echo", 1 << 20, exchange -> exchange.respond(200, NO_FIELDS, exchange.body())));
            TestNode client = node("client");
            byte[] body = PatternContent.bytes(0, size);

            CollectingSink answer =
                    client.send(server.address(), Lane.CONTROL, Request.post("/echo", ByteBuffer.wrap(body)));

            assertThat(answer.body()).isEqualTo(body);
        }

        @Test
        void get_contentOf64Mebibytes_arrivesWhole() throws InterruptedException {
            long size = 64L << 20;
            PatternContent content = new PatternContent(size);
            TestNode server =
                    node("server").serve(Route.get("/big", exchange -> exchange.respond(200, NO_FIELDS, content)));
            TestNode client = node("client");
            AtomicLong wrong = new AtomicLong();
            CollectingSink sink = new CollectingSink() {
                private long position;

                @Override
                protected void keep(byte[] data) {
                    for (byte b : data) {
                        wrong.addAndGet(b == PatternContent.at(position++) ? 0 : 1);
                    }
                }
            };

            client.transport().client().send(server.address(), Lane.BULK, Request.get("/big"), sink);

            assertThat(sink.status()).isEqualTo(200);
            assertThat(sink.bytes()).isEqualTo(size);
            assertThat(wrong).hasValue(0);
            assertThat(await(content.closed())).isTrue();
        }

        @Test
        void head_ofGetRoute_hasLengthAndNoBody() throws InterruptedException {
            PatternContent content = new PatternContent(5_000_000);
            TestNode server =
                    node("server").serve(Route.get("/big", exchange -> exchange.respond(200, NO_FIELDS, content)));
            TestNode client = node("client");
            Request head = new Request("HEAD", "/big", NO_FIELDS, ByteBuffer.allocate(0));

            CollectingSink answer = client.send(server.address(), Lane.CONTROL, head);

            assertThat(answer.body()).isEmpty();
            assertThat(answer.head().headers().first("content-length")).isEqualTo("5000000");
            assertThat(await(content.closed())).isTrue();
            assertThat(client.send(server.address(), Lane.CONTROL, head).status())
                    .isEqualTo(200);
        }

        @ParameterizedTest
        @EnumSource(Lane.class)
        void get_thousandAtOnce_allAnsweredWithTheirOwn(Lane lane) {
            TestNode server = node("server")
                    .serve(Route.get(
                            "/n/{n}", exchange -> exchange.respond(200, NO_FIELDS, utf8(exchange.pathParameter("n")))));
            TestNode client = node("client");

            List<CollectingSink> answers = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                answers.add(client.send(server.address(), lane, Request.get("/n/" + i)));
            }

            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).text()).isEqualTo(String.valueOf(i));
            }
        }

        @Test
        void get_contentPipelined_keepsBodiesApart() {
            TestNode server = node("server")
                    .serve(Route.get(
                            "/c/{n}",
                            exchange -> exchange.respond(
                                    200,
                                    NO_FIELDS,
                                    new PatternContent(Long.parseLong(exchange.pathParameter("n")) * 10_007))));
            TestNode client = node("client");

            List<CollectingSink> answers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                answers.add(client.send(server.address(), Lane.BULK, Request.get("/c/" + i)));
            }

            for (int i = 0; i < answers.size(); i++) {
                assertThat(answers.get(i).body()).isEqualTo(PatternContent.bytes(0, i * 10_007));
            }
        }

        @Test
        void respond_laterFromAnotherThread_isSent() {
            TestNode server = node("server").serve(Route.get("/later", exchange -> new Thread(
                            () -> exchange.respond(200, NO_FIELDS, utf8("later")))
                    .start()));

            assertThat(node("client").get(server, "/later").text()).isEqualTo("later");
        }

        @Test
        void respond_twice_sendsTheFirst() throws InterruptedException {
            PatternContent second = new PatternContent(10);
            TestNode server = node("server").serve(Route.get("/twice", exchange -> {
                exchange.respond(200, NO_FIELDS, utf8("first"));
                exchange.respond(500, NO_FIELDS, second);
            }));

            assertThat(node("client").get(server, "/twice").text()).isEqualTo("first");
            assertThat(await(second.closed())).isTrue();
        }
    }

    @Nested
    class Refusals {

        @Test
        void get_unknownPath_is404() {
            assertThat(node("client").get(node("server"), "/nothing").status()).isEqualTo(404);
        }

        @Test
        void get_postRoute_is405WithAllow() {
            TestNode server = node("server").serve(Route.post("/only-post", 10, exchange -> {}));

            CollectingSink answer = node("client").get(server, "/only-post");

            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.head().headers().first("allow")).isEqualTo("POST");
        }

        @Test
        void post_bodyOverTheRoutesLimit_is413() {
            TestNode server = node("server").serve(Route.post("/small", 100, exchange -> {}));
            Request request = Request.post("/small", ByteBuffer.allocate(101));

            assertThat(node("client")
                            .send(server.address(), Lane.CONTROL, request)
                            .status())
                    .isEqualTo(413);
        }

        @ParameterizedTest
        @CsvSource({"FORBIDDEN,403", "NOT_FOUND,404", "REVOKED,410", "DISK_PRESSURE,507", "INVALID_INPUT,400"})
        void get_handlerThrowsKnownReason_isAnsweredWithItsStatus(SwarmException.Reason reason, int status) {
            TestNode server = node("server").serve(Route.get("/throws", exchange -> {
                throw new SwarmException(reason, "told to the peer");
            }));

            CollectingSink answer = node("client").get(server, "/throws");

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.text()).contains("told to the peer");
        }

        @Test
        void get_handlerThrowsAnything_is500WithoutDetails() {
            TestNode server = node("server").serve(Route.get("/throws", exchange -> {
                throw new IllegalStateException("secret");
            }));

            CollectingSink answer = node("client").get(server, "/throws");

            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.text()).doesNotContain("secret");
        }

        @Test
        void get_peerNoLongerAdmitted_is403() {
            AtomicBoolean admitted = new AtomicBoolean(true);
            TestNode server = node(FLEET.node("server"), config -> config.admitted(peer -> admitted.get()))
                    .serve(text("/text", "text"));
            TestNode client = node("client");
            assertThat(client.get(server, "/text").status()).isEqualTo(200);

            admitted.set(false);

            assertThat(client.get(server, "/text").status()).isEqualTo(403);
        }

        @Test
        void send_toPeerNotAdmitted_failsBeforeTheRequestIsSent() {
            AtomicBoolean asked = new AtomicBoolean();
            TestNode server = node("server").serve(Route.get("/text", exchange -> {
                asked.set(true);
                exchange.respond(200, NO_FIELDS, utf8("text"));
            }));
            TestNode client = node(FLEET.node("client"), config -> config.admitted(peer -> false));

            TransportException failure = client.get(server, "/text").failure();

            assertThat(failure.kind()).isEqualTo(Kind.HANDSHAKE);
            assertThat(failure).hasMessageContaining("server is not admitted");
            assertThat(asked).isFalse();
        }

        @Test
        void get_allConnectionsTaken_is503WithRetryAfterAtOnce() {
            TestNode server = node(
                            FLEET.node("server"),
                            config -> config.limits(
                                    limits(l -> l.maxConnections(2).reservedConnections(0))))
                    .serve(text("/text", "text"));
            assertThat(node("one").get(server, "/text").status()).isEqualTo(200);
            assertThat(node("two").get(server, "/text").status()).isEqualTo(200);

            CollectingSink answer = node("three").get(server, "/text");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.head().headers().first("retry-after")).isEqualTo("1");
        }

        @Test
        void get_onReservedConnection_servesReservedRoutesAlone() {
            TestNode server = node(
                            FLEET.node("server"),
                            config -> config.limits(
                                    limits(l -> l.maxConnections(2).reservedConnections(1))))
                    .serve(text("/text", "text"))
                    .serve(text("/health", "well").asReserved());
            assertThat(node("one").get(server, "/text").status()).isEqualTo(200);
            TestNode two = node("two");

            assertThat(two.get(server, "/health").text()).isEqualTo("well");
            assertThat(two.get(server, "/text").status()).isEqualTo(503);
        }

        @Test
        void get_manyPeersOverOneReservedConnection_areServedOneAfterTheOther() throws Exception {
            TestNode server = node(
                            FLEET.node("server"),
                            config -> config.limits(
                                    limits(l -> l.maxConnections(2).reservedConnections(1))))
                    .serve(text("/health", "well").asReserved());
            assertThat(node("keeps-its-own").get(server, "/health").status()).isEqualTo(200);

            for (int peer = 0; peer < 5; peer++) {
                TestNode next = node("peer-" + peer);
                long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
                int status = next.get(server, "/health").status();
                while (status == 503 && System.nanoTime() < deadline) {
                    status = next.get(server, "/health").status();
                }
                assertThat(status).isEqualTo(200);
            }
        }

        @Test
        void get_oneIdentityOverItsShare_is503() {
            TestNode server = node(
                            FLEET.node("server"), config -> config.limits(limits(l -> l.maxConnectionsPerPeer(1))))
                    .serve(text("/text", "text"));
            TestNode client = node("client");
            assertThat(client.get(server, "/text").status()).isEqualTo(200);

            CollectingSink answer = client.send(server.address(), Lane.BULK, Request.get("/text"));

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).contains("this identity holds its 1 connections");
        }
    }

    @Nested
    class Connections {

        @Test
        void get_oneAfterTheOther_usesOneConnection() {
            Set<PeerAddress> remotes = ConcurrentHashMap.newKeySet();
            TestNode server = node("server").serve(Route.get("/text", exchange -> {
                remotes.add(exchange.remote());
                exchange.respond(200, NO_FIELDS, utf8("text"));
            }));
            TestNode client = node("client");

            for (int i = 0; i < 20; i++) {
                assertThat(client.get(server, "/text").status()).isEqualTo(200);
            }

            assertThat(remotes).hasSize(1);
        }

        @Test
        void send_manyAtOnce_staysWithinThePeersShare() throws InterruptedException {
            Set<PeerAddress> remotes = ConcurrentHashMap.newKeySet();
            TestNode server = node("server").serve(Route.get("/text", exchange -> {
                remotes.add(exchange.remote());
                exchange.respond(200, NO_FIELDS, utf8("text"));
            }));
            TestNode client = node("client");

            List<CollectingSink> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                for (Lane lane : Lane.values()) {
                    answers.add(client.send(server.address(), lane, Request.get("/text")));
                }
            }

            assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(200));
            assertThat(remotes).hasSizeLessThanOrEqualTo(8);
        }

        @Test
        void get_idleConnectionClosedByThePeer_isRetriedUnseen() {
            TestNode server = node(
                            FLEET.node("server"),
                            config -> config.limits(limits(l -> l.idleTimeout(Duration.ofMillis(50)))))
                    .serve(text("/text", "text"));
            TestNode client = node("client");

            for (int i = 0; i < 30; i++) {
                assertThat(client.get(server, "/text").status()).isEqualTo(200);
                pause(Duration.ofMillis(48 + i % 5));
            }
        }

        @Test
        void rotate_newCredentials_areUsedByNewConnectionsBothWays() {
            TestNode server = node("server")
                    .serve(Route.get(
                            "/who",
                            exchange -> exchange.respond(
                                    200, NO_FIELDS, utf8(exchange.peer().host().host()))));
            TestNode client = node("client");
            assertThat(client.get(server, "/who").text()).isEqualTo("client");

            client.transport().rotate(FLEET.node("client-2"));
            server.transport().rotate(FLEET.node("server-2"));
            CollectingSink answer = client.get(server, "/who");

            assertThat(answer.text()).isEqualTo("client-2");
            assertThat(answer.peer().host()).isEqualTo(new PeerId("server-2"));
        }

        @Test
        void rotate_duringATransfer_letsItFinish() {
            TestNode server = node("server")
                    .serve(Route.get(
                            "/big", exchange -> exchange.respond(200, NO_FIELDS, new PatternContent(32 << 20))));
            TestNode client = node("client");
            CollectingSink answer = client.send(server.address(), Lane.BULK, Request.get("/big"));
            answer.head();

            server.transport().rotate(FLEET.node("server-2"));
            client.transport().rotate(FLEET.node("client-2"));

            assertThat(answer.body()).hasSize(32 << 20);
        }

        private void pause(Duration time) {
            try {
                assertThat(new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS))
                        .isFalse();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Nested
    class Closing {

        @Test
        void close_withGrace_finishesAnswersUnderWay() throws InterruptedException {
            CountDownLatch handling = new CountDownLatch(1);
            BlockingQueue<Exchange> held = new LinkedBlockingQueue<>();
            TestNode server = node("server").serve(Route.get("/held", exchange -> {
                held.add(exchange);
                handling.countDown();
            }));
            CollectingSink answer = node("client").get(server, "/held");
            assertThat(await(handling)).isTrue();

            Thread closing = new Thread(() -> server.close(Duration.ofSeconds(10)));
            closing.start();
            held.take().respond(200, NO_FIELDS, new PatternContent(1_000_000));

            assertThat(answer.body()).hasSize(1_000_000);
            closing.join(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
            assertThat(closing.isAlive()).isFalse();
        }

        @Test
        void close_answerNeverComes_endsWithinTheGrace() throws InterruptedException {
            CountDownLatch handling = new CountDownLatch(1);
            TestNode server = node("server").serve(Route.get("/held", exchange -> handling.countDown()));
            CollectingSink answer = node("client").get(server, "/held");
            assertThat(await(handling)).isTrue();

            long start = System.nanoTime();
            server.close(Duration.ofMillis(200));

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(answer.failure().kind()).isEqualTo(Kind.TRUNCATED);
        }

        @Test
        void close_withRequestsOfItsOwn_failsEachOnce() throws InterruptedException {
            CountDownLatch handling = new CountDownLatch(1);
            TestNode server = node("server").serve(Route.get("/held", exchange -> handling.countDown()));
            TestNode client = node("client");
            CollectingSink underWay = client.send(server.address(), Lane.WAITING, Request.get("/held"));
            assertThat(await(handling)).isTrue();

            client.close(Duration.ofSeconds(5));
            CollectingSink late = client.get(server, "/held");

            assertThat(underWay.failure().kind()).isEqualTo(Kind.CANCELLED);
            assertThat(late.failure().kind()).isEqualTo(Kind.CANCELLED);
            assertThat(underWay.lastCalls()).isOne();
        }

        @Test
        void close_thenOpenOnTheSamePort_servesAtOnce() {
            TestNode first = node("server").serve(text("/text", "first"));
            TestNode client = node("client");
            assertThat(client.get(first, "/text").text()).isEqualTo("first");
            InetSocketAddress same = first.address().toSocketAddress();
            first.close(Duration.ofSeconds(1));

            TestNode second =
                    node(FLEET.node("server"), config -> config.listen(same)).serve(text("/text", "second"));

            assertThat(client.get(second, "/text").text()).isEqualTo("second");
        }

        @Test
        void close_twice_doesNothingMore() {
            TestNode server = node("server");
            server.close();
            server.close();
        }
    }

    @Nested
    class Multicast {

        private static final int PORT = 15_310;

        @Test
        void send_twoTransportsOnOneHost_bothHear() throws Exception {
            MulticastConfig config = new MulticastConfig(InetAddress.getByName("224.0.0.42"), PORT, loopbackName());
            BlockingQueue<String> heardByOne = new LinkedBlockingQueue<>();
            BlockingQueue<String> heardByTwo = new LinkedBlockingQueue<>();
            Transport.MulticastPort one = node("one").transport().openMulticast(config, collector(heardByOne));
            Transport.MulticastPort two = node("two").transport().openMulticast(config, collector(heardByTwo));

            one.send(utf8("from one"));
            two.send(utf8("from two"));

            assertThat(take(heardByTwo, 2)).containsExactlyInAnyOrder("from one", "from two");
            assertThat(take(heardByOne, 2)).containsExactlyInAnyOrder("from one", "from two");
        }

        @Test
        void send_sourceGiven_comesFromThere() throws Exception {
            InetAddress source = InetAddress.getLoopbackAddress();
            MulticastConfig config =
                    new MulticastConfig(InetAddress.getByName("224.0.0.42"), PORT, loopbackName(), source);
            BlockingQueue<InetAddress> senders = new LinkedBlockingQueue<>();
            Transport.MulticastPort port =
                    node("one").transport().openMulticast(config, (from, datagram) -> senders.add(from.ip()));

            port.send(utf8("from one"));

            assertThat(senders.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(source);
        }

        @Test
        void close_withAReason_hearsNoMore() throws Exception {
            MulticastConfig config = new MulticastConfig(InetAddress.getByName("224.0.0.42"), PORT, loopbackName());
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            BlockingQueue<String> heardByOther = new LinkedBlockingQueue<>();
            Transport transport = node("one").transport();
            Transport.MulticastPort left = transport.openMulticast(config, collector(heard));
            Transport.MulticastPort stays = transport.openMulticast(config, collector(heardByOther));
            left.close("the interface is gone");
            left.close();
            left.send(utf8("too late"));
            stays.send(utf8("news"));

            assertThat(take(heardByOther, 1)).containsExactly("news");
            assertThat(heard).isEmpty();
        }

        @Test
        void send_datagramOverTheLimit_isRefused() throws Exception {
            MulticastConfig config = new MulticastConfig(InetAddress.getByName("224.0.0.42"), PORT, loopbackName());
            Transport.MulticastPort port = node("one").transport().openMulticast(config, (from, datagram) -> {});

            assertThatThrownBy(() -> port.send(ByteBuffer.allocate(1_201)))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void openMulticast_unknownInterface_isRefusedNamingIt() throws Exception {
            MulticastConfig config = new MulticastConfig(InetAddress.getByName("224.0.0.42"), PORT, "nosuch0");
            Transport transport = node("one").transport();

            assertThatThrownBy(() -> transport.openMulticast(config, (from, datagram) -> {}))
                    .isInstanceOf(SwarmException.class)
                    .hasMessageContaining("nosuch0");
        }

        private String loopbackName() throws Exception {
            return java.net.NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress())
                    .getName();
        }

        private Transport.DatagramListener collector(BlockingQueue<String> heard) {
            return (from, datagram) ->
                    heard.add(StandardCharsets.UTF_8.decode(datagram).toString());
        }

        private List<String> take(BlockingQueue<String> heard, int count) throws InterruptedException {
            List<String> taken = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                taken.add(heard.poll(WAIT_SECONDS, TimeUnit.SECONDS));
            }
            return taken;
        }
    }
}
