package dev.swarm.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.PeerClient.Lane;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every transport does with bodies that are too large, too slow or too many for memory. */
public abstract class TransportStreamingContract extends TransportFixture {

    private static final long LARGE = 48L << 20;
    /** More than two sockets, two TLS sessions and the queues between them hold. */
    private static final long HELD_AT_MOST = 24L << 20;

    @Nested
    class RequestBodies {

        @Test
        void put_streamedContent_handlerReadsAllOfIt() throws InterruptedException {
            TestNode server = node("server").serve(Route.streaming("PUT", "/in", LARGE, exchange -> {
                try (InputStream body = exchange.bodyStream()) {
                    exchange.respond(200, NO_FIELDS, utf8("wrong bytes: " + countWrong(body, 0)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            PatternContent content = new PatternContent(LARGE);

            CollectingSink answer =
                    node("client").send(server.address(), Lane.BULK, Request.upload("PUT", "/in", content));

            assertThat(answer.text()).isEqualTo("wrong bytes: 0");
            assertThat(content.isAtEnd()).isTrue();
            assertThat(await(content.closed())).isTrue();
        }

        @Test
        void put_handlerStopsReading_senderIsHeldBackUntilItGoesOn() throws InterruptedException {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch mayGoOn = new CountDownLatch(1);
            TestNode server = node("server").serve(Route.streaming("PUT", "/in", LARGE, exchange -> {
                try (InputStream body = exchange.bodyStream()) {
                    byte[] first = body.readNBytes(1_000);
                    begun.countDown();
                    awaitUnchecked(mayGoOn);
                    long wrong = countWrong(new ByteArrayInputStream(first), 0) + countWrong(body, first.length);
                    exchange.respond(200, NO_FIELDS, utf8("wrong bytes: " + wrong));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
            CountingContent content = new CountingContent(LARGE);

            CollectingSink answer =
                    node("client").send(server.address(), Lane.BULK, Request.upload("PUT", "/in", content));
            assertThat(await(begun)).isTrue();
            long held = untilStill(content.read);
            mayGoOn.countDown();

            assertThat(held).isLessThan(HELD_AT_MOST);
            assertThat(answer.text()).isEqualTo("wrong bytes: 0");
            assertThat(content.read).hasValue(LARGE);
        }

        @Test
        void put_answeredBeforeItIsRead_clientHearsTheAnswerAndClosesItsContent() throws InterruptedException {
            TestNode server = node("server")
                    .serve(Route.streaming(
                            "PUT", "/in", LARGE, exchange -> exchange.respond(507, NO_FIELDS, utf8("full"))));
            TestNode client = node("client");
            PatternContent content = new PatternContent(100_000);

            CollectingSink answer = client.send(server.address(), Lane.BULK, Request.upload("PUT", "/in", content));

            assertThat(answer.status()).isEqualTo(507);
            assertThat(answer.text()).isEqualTo("full");
            assertThat(await(content.closed())).isTrue();
            assertThat(client.send(server.address(), Lane.BULK, Request.get("/none"))
                            .status())
                    .isEqualTo(404);
        }

        @Test
        void put_refusedBeforeItIsRead_nothingOfItIsSent() throws InterruptedException {
            TestNode server = node("server")
                    .serve(Route.streaming(
                            "PUT", "/in", LARGE, exchange -> exchange.respond(507, NO_FIELDS, utf8("full"))));
            CountingContent content = new CountingContent(LARGE);

            CollectingSink answer =
                    node("client").send(server.address(), Lane.BULK, Request.upload("PUT", "/in", content));

            assertThat(answer.status()).isEqualTo(507);
            assertThat(await(content.pattern.closed())).isTrue();
            assertThat(content.read).as("read ahead, by two buffers at most").hasValueLessThanOrEqualTo(512 * 1024);
        }

        @Test
        void put_clientGivesUp_handlerIsToldByAnException() throws Exception {
            CompletableFuture<String> failure = new CompletableFuture<>();
            CountDownLatch begun = new CountDownLatch(1);
            TestNode server = node("server").serve(Route.streaming("PUT", "/in", LARGE, exchange -> {
                try (InputStream body = exchange.bodyStream()) {
                    body.readNBytes(1_000);
                    begun.countDown();
                    body.transferTo(OutputStream.nullOutputStream());
                    failure.complete("none");
                } catch (IOException e) {
                    failure.complete(e.getMessage());
                }
            }));
            CollectingSink sink = new CollectingSink();
            PatternContent content = new PatternContent(LARGE, 1 << 20);

            node("client")
                    .transport()
                    .client()
                    .send(server.address(), Lane.BULK, Request.upload("PUT", "/in", content), sink);

            assertThat(await(begun)).isTrue();
            assertThat(failure.get(WAIT_SECONDS, TimeUnit.SECONDS)).startsWith("request body cannot be read on");
            assertThat(sink.failure().kind()).isEqualTo(TransportException.Kind.CANCELLED);
            assertThat(await(content.closed())).isTrue();
        }

        @Test
        void put_longerThanTheRouteTakes_isRefusedUnread() {
            TestNode server = node("server").serve(Route.streaming("PUT", "/in", 10, exchange -> {
                throw new AssertionError("handler ran");
            }));

            CollectingSink answer = node("client")
                    .send(server.address(), Lane.BULK, Request.upload("PUT", "/in", new PatternContent(11)));

            assertThat(answer.status()).isEqualTo(413);
        }

        @Test
        void post_moreThanTheNodeHoldsForAll_isRefusedWith503() throws InterruptedException {
            CountDownLatch mayAnswer = new CountDownLatch(1);
            CountDownLatch begun = new CountDownLatch(1);
            TestNode server = node(
                            FLEET.node("server"),
                            builder -> builder.limits(limits(limits -> limits.maxBufferedBytes(100_000))))
                    .serve(Route.post("/in", 90_000, exchange -> {
                        begun.countDown();
                        awaitUnchecked(mayAnswer);
                        exchange.respond(200, NO_FIELDS, exchange.body());
                    }));
            TestNode client = node("client");
            Request request = Request.post("/in", ByteBuffer.wrap(PatternContent.bytes(0, 60_000)));

            CollectingSink first = client.send(server.address(), Lane.WAITING, request);
            assertThat(await(begun)).isTrue();
            CollectingSink second = client.send(server.address(), Lane.WAITING, request);

            assertThat(second.status()).isEqualTo(503);
            assertThat(second.head().headers().first("retry-after")).isEqualTo("1");
            mayAnswer.countDown();
            assertThat(first.body()).hasSize(60_000);
            assertThat(client.send(server.address(), Lane.WAITING, request).body())
                    .hasSize(60_000);
        }
    }

    @Nested
    class Routes {

        @Test
        void get_moreAtOnceThanTheRouteServes_nextIsRefusedWith503() throws InterruptedException {
            CountDownLatch mayAnswer = new CountDownLatch(1);
            CountDownLatch begun = new CountDownLatch(2);
            TestNode server = node("server")
                    .serve(Route.get("/slow", exchange -> {
                                begun.countDown();
                                awaitUnchecked(mayAnswer);
                                exchange.respond(200, NO_FIELDS, utf8("slow"));
                            })
                            .asBlocking()
                            .withMaxConcurrent(2));
            TestNode client = node("client");

            List<CollectingSink> first = List.of(client.get(server, "/slow"), client.get(server, "/slow"));
            assertThat(await(begun)).isTrue();
            CollectingSink third = client.send(server.address(), Lane.WAITING, Request.get("/slow"));

            assertThat(third.status()).isEqualTo(503);
            assertThat(third.head().headers().first("retry-after")).isEqualTo("1");
            mayAnswer.countDown();
            first.forEach(answer -> assertThat(answer.text()).isEqualTo("slow"));
            assertThat(client.get(server, "/slow").text()).isEqualTo("slow");
        }

        @Test
        void get_everyHandlerThreadBlocked_otherRoutesStillAnswer() throws InterruptedException {
            ExecutorService handlers = Executors.newFixedThreadPool(2);
            try {
                CountDownLatch mayAnswer = new CountDownLatch(1);
                CountDownLatch begun = new CountDownLatch(2);
                TestNode server = node(FLEET.node("server"), builder -> builder.handlers(handlers))
                        .serve(text("/quick", "quick"))
                        .serve(Route.get("/slow", exchange -> {
                                    begun.countDown();
                                    awaitUnchecked(mayAnswer);
                                    exchange.respond(200, NO_FIELDS, utf8("slow"));
                                })
                                .asBlocking());
                TestNode client = node("client");

                List<CollectingSink> slow = new ArrayList<>();
                for (int i = 0; i < 6; i++) {
                    slow.add(client.send(server.address(), Lane.WAITING, Request.get("/slow")));
                }
                assertThat(await(begun)).isTrue();

                assertThat(client.get(server, "/quick").text()).isEqualTo("quick");
                mayAnswer.countDown();
                slow.forEach(answer -> assertThat(answer.text()).isEqualTo("slow"));
            } finally {
                handlers.shutdownNow();
            }
        }
    }

    @Nested
    class Responses {

        @Test
        void get_sinkPauses_serverIsHeldBackUntilItResumes() throws InterruptedException {
            CountingContent content = new CountingContent(LARGE);
            TestNode server =
                    node("server").serve(Route.get("/big", exchange -> exchange.respond(200, NO_FIELDS, content)));
            AtomicReference<Call> call = new AtomicReference<>();
            CountDownLatch known = new CountDownLatch(1);
            CollectingSink sink = new CollectingSink() {
                private boolean paused;

                @Override
                public void onBody(ByteBuffer data) {
                    if (!paused) {
                        paused = true;
                        awaitUnchecked(known);
                        call.get().pause();
                    }
                    super.onBody(data);
                }

                @Override
                protected void keep(byte[] data) {
                    // Counted is enough.
                }
            };

            call.set(node("client").transport().client().send(server.address(), Lane.BULK, Request.get("/big"), sink));
            known.countDown();
            untilNot(content.read, 0);
            long held = untilStill(content.read);
            call.get().resume();

            assertThat(held).isLessThan(HELD_AT_MOST);
            assertThat(sink.status()).isEqualTo(200);
            assertThat(sink.bytes()).isEqualTo(LARGE);
        }

        @Test
        void get_rateRaisedInMidTransfer_restComesAtTheNewRate() throws InterruptedException {
            CountingContent content = new CountingContent(LARGE);
            TestNode server =
                    node("server").serve(Route.get("/big", exchange -> exchange.respond(200, NO_FIELDS, content)));
            TestNode client = node("client");
            client.transport().limitDownloads(100_000);

            CollectingSink sink = client.send(server.address(), Lane.BULK, Request.get("/big"));
            untilNot(content.read, 0);
            long held = untilStill(content.read);
            client.transport().limitDownloads(0);

            assertThat(held).isLessThan(HELD_AT_MOST);
            assertThat(sink.body()).hasSize((int) LARGE);
        }

        @ParameterizedTest
        @ValueSource(strings = {"server", "client"})
        void get_connectionCarriedAllThatOneEndAllows_nextRequestGoesOverAnother(String end) {
            Set<PeerAddress> ends = ConcurrentHashMap.newKeySet();
            TestNode server = retiring("server", end).serve(Route.get("/some", exchange -> {
                ends.add(exchange.remote());
                exchange.respond(200, NO_FIELDS, new PatternContent(600_000));
            }));
            TestNode client = retiring("client", end);

            for (int i = 0; i < 8; i++) {
                assertThat(client.get(server, "/some").body()).isEqualTo(PatternContent.bytes(0, 600_000));
            }

            assertThat(ends).hasSizeBetween(3, 4);
        }

        @Test
        void get_contentFromEightPeers_opensOneConnectionToEach() {
            Set<String> ends = ConcurrentHashMap.newKeySet();
            List<TestNode> servers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                String name = "server-" + i;
                servers.add(node(name).serve(Route.get("/some", exchange -> {
                    // Connections to different servers may have one port at this end.
                    ends.add(name + " from " + exchange.remote());
                    exchange.respond(200, NO_FIELDS, new PatternContent(1 << 20));
                })));
            }
            TestNode client = node("client");

            List<CollectingSink> answers = new ArrayList<>();
            for (int round = 0; round < 6; round++) {
                for (TestNode server : servers) {
                    answers.add(client.send(server.address(), Lane.BULK, Request.get("/some")));
                }
            }

            answers.forEach(answer -> assertThat(answer.status()).isEqualTo(200));
            assertThat(ends).hasSize(8);
            servers.forEach(server -> assertThat(client.transport().client().roundTripNanos(server.address()))
                    .isPositive());
        }

        private TestNode retiring(String name, String end) {
            long most = name.equals(end) ? 1 << 20 : TransportLimits.DEFAULT_MAX_CONNECTION_BYTES;
            return node(FLEET.node(name), builder -> builder.limits(limits(limits -> limits.maxConnectionBytes(most))));
        }
    }

    /** Bytes of a stream that are not those of the pattern from {@code position} on. */
    private static long countWrong(InputStream body, long position) throws IOException {
        byte[] buffer = new byte[50_000];
        long wrong = 0;
        long at = position;
        for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
            for (int i = 0; i < count; i++) {
                wrong += buffer[i] == PatternContent.at(at++) ? 0 : 1;
            }
        }
        return wrong;
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            assertThat(await(latch)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void untilNot(AtomicLong value, long excluded) throws InterruptedException {
        for (int i = 0; value.get() == excluded && i < WAIT_SECONDS * 20; i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** Waits until a count has not moved for a while; a count that goes on without end fails the caller's bound. */
    private static long untilStill(AtomicLong count) throws InterruptedException {
        long before = -1;
        long now = count.get();
        while (now != before) {
            TimeUnit.MILLISECONDS.sleep(300);
            before = now;
            now = count.get();
        }
        return now;
    }

    /** Pattern that counts what was read of it. */
    private static final class CountingContent implements ContentSource {
        private final PatternContent pattern;
        private final AtomicLong read = new AtomicLong();

        CountingContent(long length) {
            pattern = new PatternContent(length);
        }

        @Override
        public long length() {
            return pattern.length();
        }

        @Override
        public void read(ByteBuffer target) throws IOException {
            int wanted = target.remaining();
            pattern.read(target);
            read.addAndGet(wanted);
        }

        @Override
        public void close() {
            pattern.close();
        }
    }
}
