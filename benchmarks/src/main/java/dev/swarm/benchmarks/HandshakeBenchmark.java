package dev.swarm.benchmarks;

import dev.swarm.benchmarks.rig.BareEngines;
import dev.swarm.benchmarks.rig.BenchmarkFleet;
import dev.swarm.benchmarks.rig.EnginePair;
import dev.swarm.benchmarks.rig.LoopbackTransport;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Call;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * New mutual TLS 1.3 connections a second, both ends in this process: between two engines in memory, and through the transport,
 * which connects a socket, asks two questions and closes besides. Full handshakes, and resumed ones.
 *
 * <p>A connection is closed by giving up a call that the server holds back. An address that was not dialled before has no
 * session to resume: loopback has sixteen million.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@Threads(HandshakeBenchmark.THREADS)
@SuppressWarnings("NullAway.Init") // JMH calls the setup method before anything else
public class HandshakeBenchmark {

    static final int THREADS = 4;

    private static final String HELD = "/held/";
    private static final String HELLO = "/hello";

    /** Below are the addresses whose sessions are resumed. */
    private static final int FIRST_FRESH = 1 << 16;

    private final AtomicInteger turn = new AtomicInteger();
    private final ConcurrentMap<String, CountDownLatch> arrivals = new ConcurrentHashMap<>();
    private Path directory;
    private BareEngines connecting;
    private BareEngines accepting;
    private LoopbackTransport client;
    private LoopbackTransport server;

    /** An address of its own for each thread, whose sessions it resumes. */
    @State(Scope.Thread)
    public static class Home {
        private static final AtomicInteger NUMBERS = new AtomicInteger();
        private final int number = NUMBERS.incrementAndGet();
    }

    /** Opens both transports. */
    @Setup
    public void open() throws IOException {
        directory = Files.createTempDirectory("swarm-handshakes-");
        BenchmarkFleet fleet = BenchmarkFleet.issue(directory, "a", "b");
        connecting = new BareEngines(fleet.credentials("a"));
        accepting = new BareEngines(fleet.credentials("b"));
        client = new LoopbackTransport(fleet.credentials("a"));
        server = LoopbackTransport.onEveryAddress(fleet.credentials("b"));
        server.router()
                .add(Route.get(HELLO, exchange -> exchange.respond(200, Headers.empty(), ByteBuffer.allocate(0))));
        server.router().add(Route.get(HELD + "{call}", exchange -> {
            exchange.onAbort(() -> {});
            CountDownLatch arrival = arrivals.get(exchange.pathParameter("call"));
            if (arrival != null) {
                arrival.countDown();
            }
        }));
    }

    /** Closes them. */
    @TearDown
    public void close() throws IOException {
        client.close();
        server.close();
        Files.delete(directory.resolve("fleet.p12"));
        Files.delete(directory);
    }

    /** Full, in memory. */
    @Benchmark
    public SSLSession bareFull() throws IOException {
        return new EnginePair(connecting.client(), accepting.server()).client().getSession();
    }

    /** Resumed, in memory. */
    @Benchmark
    public SSLSession bareResumed(Home home) throws IOException {
        return new EnginePair(connecting.client("home-" + home.number, 1), accepting.server())
                .client()
                .getSession();
    }

    /** Full, through the transport. */
    @Benchmark
    public int transportFull() throws Exception {
        return connectOnce(FIRST_FRESH + turn.incrementAndGet());
    }

    /** Resumed, through the transport. */
    @Benchmark
    public int transportResumed(Home home) throws Exception {
        return connectOnce(home.number);
    }

    private int connectOnce(int number) throws Exception {
        byte[] ip = {127, (byte) (number >> 16), (byte) (number >> 8), (byte) number};
        PeerAddress address = new PeerAddress(
                InetAddress.getByAddress(ip), server.transport().localAddress().port());
        PeerClient peers = client.transport().client();
        EndOfAnswer answer = new EndOfAnswer();
        peers.send(address, PeerClient.Lane.CONTROL, Request.get(HELLO), answer);
        int status = answer.await();
        CountDownLatch arrival = new CountDownLatch(1);
        String name = String.valueOf(number);
        arrivals.put(name, arrival);
        EndOfAnswer held = new EndOfAnswer();
        Call call = peers.send(address, PeerClient.Lane.CONTROL, Request.get(HELD + name), held);
        arrival.await();
        arrivals.remove(name);
        call.cancel();
        held.awaitFailure();
        return status;
    }
}
