package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.swarm.transport.CollectingSink;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PatternContent;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestFleet;
import dev.swarm.transport.TestNode;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an honest peer notices of a crowd that holds connections open and moves a byte a second. */
@Tag("hardening")
class HostileCrowdIT {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final int PIECE_BYTES = 2 << 20;
    private static final int SMALL_PER_PIECE = 10;
    private static final int LATECOMERS = 5;
    /** Connections for ordinary requests, but for the two that the honest peer holds. */
    private static final int OPEN_PLACES = 88;

    private static final String SMALL = "GET /small HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    /** What an honest peer got. */
    private record Service(double mebibytesPerSecond, double p99Millis) {

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT, "%.0f MiB/s, small requests %.1f ms at p99", mebibytesPerSecond, p99Millis);
        }
    }

    private TestNode server;
    private TestNode honest;

    @BeforeEach
    void serve() {
        server = new TestNode(new NioTransportProvider(), FLEET.node("server"))
                .serve(Route.get(
                        "/large", exchange -> exchange.respond(200, Headers.empty(), new PatternContent(1L << 40))))
                .serve(Route.get(
                        "/piece", exchange -> exchange.respond(200, Headers.empty(), new PatternContent(PIECE_BYTES))))
                .serve(Route.get(
                        "/small",
                        exchange -> exchange.respond(200, Headers.empty(), StandardCharsets.UTF_8.encode("small"))))
                .serve(Route.get(
                                "/health",
                                exchange ->
                                        exchange.respond(200, Headers.empty(), StandardCharsets.UTF_8.encode("well")))
                        .asReserved());
        honest = new TestNode(new NioTransportProvider(), FLEET.node("honest"));
    }

    @AfterEach
    void close() {
        honest.close();
        server.close();
    }

    @Test
    void fetch_amongAHostileCrowd_goesOn() throws Exception {
        int count = Hardening.pick(200, 200, 2_000);
        assumeDescriptors(count * 2 + 500);
        Duration time = Duration.ofSeconds(Hardening.pick(1, 5, 20));
        Service before = fetch(time);
        Service arriving;
        Service among;
        try (HostileCrowd crowd = new HostileCrowd(FLEET, server.address(), "/large", count)) {
            crowd.start();
            arriving = fetch(time);
            assertThat(Hardening.await(Duration.ofSeconds(60), () -> crowd.members() >= OPEN_PLACES))
                    .as("places taken by the crowd")
                    .isTrue();
            among = fetch(time);
            System.out.println("crowd of " + count + ": " + crowd.connected() + " connected, " + crowd.members()
                    + " of them members, " + crowd.cut() + " cuts");
            assertLatecomersAreTold("HTTP/1.1 200 OK\r\n", "HTTP/1.1 503 ");
        }
        Service after = fetch(time);
        double throughput = among.mebibytesPerSecond() / after.mebibytesPerSecond();
        System.out.println(
                "before it " + before + "; as it arrives " + arriving + "; among it " + among + "; after it " + after);
        System.out.println(String.format(
                Locale.ROOT,
                "among it to after it: throughput x %.2f, p99 x %.2f",
                throughput,
                among.p99Millis() / after.p99Millis()));
        if (Hardening.level() == Hardening.FULL) {
            assertThat(throughput).as("throughput among the crowd").isGreaterThanOrEqualTo(0.7);
        }
    }

    @Test
    void connect_oneMoreThanTheTableHolds_isToldToComeBack() throws Exception {
        List<SSLSocket> holders = new ArrayList<>();
        MemberTls member = new MemberTls(FLEET, FLEET.node("holder"));
        try {
            for (int i = 0; i < 100; i++) {
                member = i % 8 == 0 ? new MemberTls(FLEET, FLEET.node("holder-" + i)) : member;
                SSLSocket socket = member.connect(server.address());
                holders.add(socket);
                MemberTls.send(socket, "GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(socket.getInputStream().read()).as("holder " + i).isEqualTo('H');
            }

            assertLatecomersAreTold("HTTP/1.1 503 ");
        } finally {
            for (SSLSocket socket : holders) {
                socket.close();
            }
        }
    }

    /** They hear one of these, never a bare end; the crowd's places fall free when its time is up. */
    private void assertLatecomersAreTold(String... beginnings) throws Exception {
        MemberTls late = new MemberTls(FLEET, FLEET.node("late"));
        for (int i = 0; i < LATECOMERS; i++) {
            try (SSLSocket socket = late.connect(server.address())) {
                MemberTls.send(socket, SMALL);
                String answer = MemberTls.readAll(socket);
                assertThat(beginnings).as("latecomer %d: %s", i, answer).anyMatch(answer::startsWith);
                assertThat(answer).contains("\r\nConnection: close\r\n");
                assertThat(answer.contains(" 503 "))
                        .isEqualTo(answer.toLowerCase(Locale.ROOT).contains("\r\nretry-after: "));
            }
        }
    }

    /** Fetches pieces and asks small questions for a while; all of it has to succeed. */
    private Service fetch(Duration time) {
        List<Long> latencies = new ArrayList<>();
        long pieces = 0;
        long pieceNanos = 0;
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            long start = System.nanoTime();
            CollectingSink piece = honest.send(server.address(), Lane.BULK, Request.get("/piece"));
            assertThat(piece.status()).isEqualTo(200);
            assertThat(piece.bytes()).isEqualTo(PIECE_BYTES);
            pieceNanos += System.nanoTime() - start;
            pieces++;
            for (int i = 0; i < SMALL_PER_PIECE; i++) {
                long asked = System.nanoTime();
                assertThat(honest.get(server, "/small").text()).isEqualTo("small");
                latencies.add(System.nanoTime() - asked);
            }
        }
        latencies.sort(null);
        double mebibytes = pieces * (double) PIECE_BYTES / (1 << 20);
        return new Service(mebibytes * 1e9 / pieceNanos, latencies.get(latencies.size() * 99 / 100) / 1e6);
    }

    private static void assumeDescriptors(long needed) {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        long limit =
                system instanceof UnixOperatingSystemMXBean unix ? unix.getMaxFileDescriptorCount() : Long.MAX_VALUE;
        assumeTrue(limit >= needed, () -> "needs " + needed + " descriptors, may open " + limit + "; see ulimit -n");
    }
}
