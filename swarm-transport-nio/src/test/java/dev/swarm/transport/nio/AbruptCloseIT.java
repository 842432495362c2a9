package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.swarm.transport.CollectingSink;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PatternContent;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TestNode;
import dev.swarm.transport.TransportLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is left of connections that went away without a word: nothing. */
@Tag("hardening")
class AbruptCloseIT {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final MemberTls MEMBER = new MemberTls(FLEET, FLEET.node("abrupt"));
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Duration SETTLE_TIME = Duration.ofSeconds(20);
    private static final int CLIENTS = 4;
    private static final int TRANSFERS = 8;
    private static final int HALF_CLOSED = 50;
    private static final Duration IDLE_TIME = Duration.ofSeconds(1);
    private static final Duration MAX_IDLE_CPU = Duration.ofMillis(50);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private TestNode server;

    @BeforeEach
    void serve() {
        // Enough places for all that is left open at once, all of it of one identity.
        TransportLimits limits = TransportLimits.builder()
                .maxConnections(300)
                .maxConnectionsPerPeer(200)
                .maxHandshakes(100)
                .build();
        server = new TestNode(new NioTransportProvider(), FLEET.node("server"), config -> config.limits(limits));
        server.serve(Route.get(
                        AbruptClient.DOWNLOAD,
                        exchange -> exchange.respond(
                                200, Headers.empty(), new PatternContent(AbruptClient.DOWNLOAD_BYTES))))
                .serve(Route.get(
                        "/endless", exchange -> exchange.respond(200, Headers.empty(), new PatternContent(1L << 40))))
                .serve(Route.post(
                        AbruptClient.UPLOAD,
                        AbruptClient.UPLOAD_BYTES,
                        exchange -> exchange.respond(200, Headers.empty(), exchange.body())));
        opened.add(server);
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void close_atRandomPoints_leavesNoDescriptorThreadOrBuffer() throws Exception {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "descriptors can be counted under /proc only");
        long seed = Hardening.seed(20_261);
        int closes = Hardening.pick(2_000, 3_000, 100_000);
        goAway(seed, 200);
        transferSideBySide();
        long descriptors = settled(() -> descriptors().size(), Long.MAX_VALUE);
        Set<String> before = descriptors();
        long threads = threads();

        int broken = goAway(seed + 1, closes);

        System.out.println("abrupt closes: " + closes + " with seed " + seed + ", " + broken + " cut by the server");
        long left = settled(() -> descriptors().size(), descriptors);
        Set<String> added = descriptors();
        added.removeAll(before);
        assertThat(left)
                .as("descriptors, seed %s, with %s that were not there before", seed, added)
                .isLessThanOrEqualTo(descriptors);
        assertThat(threads()).as("threads, seed %s", seed).isLessThanOrEqualTo(threads);
        // A few in a thousand meet a full table of handshakes, whose oldest gives way.
        assertThat(broken).as("clients cut, seed %s", seed).isLessThan(closes / 20);
        transferSideBySide();
    }

    @Test
    void halfClose_idleConnectionsLeftOpen_costNothing() throws Exception {
        for (int i = 0; i < HALF_CLOSED; i++) {
            SSLSocket socket = MEMBER.connect(server.address());
            opened.add(socket);
            socket.startHandshake();
            socket.shutdownOutput();
        }

        assertIdle();
    }

    @Test
    void halfClose_answersThatNobodyReads_costNothing() throws Exception {
        for (int i = 0; i < HALF_CLOSED; i++) {
            Socket plain = new Socket();
            opened.add(plain);
            plain.setReceiveBufferSize(8_192);
            plain.connect(server.address().toSocketAddress());
            SSLSocket socket = MEMBER.over(plain);
            opened.add(0, () -> plain.close());
            MemberTls.send(socket, "GET /endless HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            plain.shutdownOutput();
        }

        assertIdle();
    }

    /** Sockets may have to fill first; then the loops come to rest, and a loop that spins never does. */
    private static void assertIdle() {
        Duration used = MAX_IDLE_CPU;
        for (int i = 0; i < SETTLE_TIME.toSeconds() && used.compareTo(MAX_IDLE_CPU) >= 0; i++) {
            long before = ioCpu();
            Hardening.pause(IDLE_TIME);
            used = Duration.ofNanos(ioCpu() - before);
        }
        System.out.println("event loops used " + used.toNanos() / 1_000 + " us in a second with " + HALF_CLOSED
                + " connections half closed");
        assertThat(used).isLessThan(MAX_IDLE_CPU);
    }

    /** Answers how many were cut before they could go themselves. */
    private int goAway(long seed, int times) throws Exception {
        AtomicInteger broken = new AtomicInteger();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                AbruptClient client = new AbruptClient(MEMBER, server.address(), new Random(seed * CLIENTS + i));
                ends.add(clients.submit(() -> {
                    for (int j = 0; j < times / CLIENTS; j++) {
                        try {
                            client.run();
                        } catch (IOException e) {
                            broken.incrementAndGet();
                        }
                    }
                }));
            }
            for (Future<?> end : ends) {
                end.get(1, TimeUnit.HOURS);
            }
        } finally {
            clients.shutdownNow();
        }
        return broken.get();
    }

    private void transferSideBySide() {
        try (TestNode client = new TestNode(new NioTransportProvider(), FLEET.node("honest"))) {
            List<CollectingSink> answers = new ArrayList<>();
            for (int i = 0; i < TRANSFERS; i++) {
                answers.add(client.send(server.address(), Lane.BULK, Request.get(AbruptClient.DOWNLOAD)));
            }
            byte[] expected = PatternContent.bytes(0, AbruptClient.DOWNLOAD_BYTES);
            assertThat(answers).allMatch(answer -> Arrays.equals(answer.body(), expected));
        }
    }

    /** The value once it is at most {@code wanted}, or has not changed for a second, or time is up. */
    private static long settled(LongSupplier value, long wanted) {
        long[] last = {value.getAsLong(), System.nanoTime()};
        Hardening.await(SETTLE_TIME, () -> {
            long now = value.getAsLong();
            if (now != last[0]) {
                last[0] = now;
                last[1] = System.nanoTime();
            }
            boolean calm = System.nanoTime() - last[1] > TimeUnit.SECONDS.toNanos(1);
            return calm && (now <= wanted || System.nanoTime() - last[1] > TimeUnit.SECONDS.toNanos(15));
        });
        return last[0];
    }

    /** Sockets, pipes and selectors; files are opened by the Java machine when it likes. */
    private static Set<String> descriptors() {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            Set<String> targets = new TreeSet<>();
            all.forEach(number -> targets.add(number.getFileName() + " " + target(number)));
            targets.removeIf(target -> target.contains(" /"));
            return targets;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path number) {
        try {
            return Files.readSymbolicLink(number).toString();
        } catch (IOException e) {
            return "/gone";
        }
    }

    private static long threads() {
        return Arrays.stream(threadInfos())
                .filter(info -> info != null && info.getThreadName().startsWith("swarm-"))
                .count();
    }

    private static long ioCpu() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long[] loops = Arrays.stream(threadInfos())
                .filter(info -> info != null && info.getThreadName().startsWith("swarm-io-"))
                .mapToLong(ThreadInfo::getThreadId)
                .toArray();
        assertThat(loops).as("event loops").isNotEmpty();
        return Arrays.stream(loops).map(threads::getThreadCpuTime).sum();
    }

    private static ThreadInfo[] threadInfos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.getThreadInfo(threads.getAllThreadIds());
    }
}
