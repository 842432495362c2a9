package dev.swarm.benchmarks;

import dev.swarm.benchmarks.rig.BenchmarkFleet;
import dev.swarm.benchmarks.rig.LoopbackTransport;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.Warmup;

/** How long an answer takes over a connection that is open, both ends in this process. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the setup method before anything else
public class FirstByteBenchmark {

    private static final int BLOB_BYTES = 64 * 1024;
    private static final int SMALL_BYTES = 100;

    private Path directory;
    private FileChannel file;
    private LoopbackTransport client;
    private LoopbackTransport server;

    /** Opens both ends. */
    @Setup
    public void open() throws IOException {
        directory = Files.createTempDirectory("swarm-first-byte-");
        BenchmarkFleet fleet = BenchmarkFleet.issue(directory, "a", "b");
        file = FileChannel.open(Files.write(directory.resolve("blob"), new byte[BLOB_BYTES]));
        client = new LoopbackTransport(fleet.credentials("a"));
        server = new LoopbackTransport(fleet.credentials("b"));
        ByteBuffer small = ByteBuffer.allocate(SMALL_BYTES);
        server.router().add(Route.get("/small", exchange -> exchange.respond(200, Headers.empty(), small.duplicate())));
        server.router()
                .add(Route.get("/blob", exchange -> exchange.respond(200, Headers.empty(), new WholeFile(file))));
    }

    /** Closes them. */
    @TearDown
    public void close() throws IOException {
        client.close();
        server.close();
        file.close();
        for (String name : new String[] {"blob", "fleet.p12"}) {
            Files.delete(directory.resolve(name));
        }
        Files.delete(directory);
    }

    /** A hundred bytes from memory, to the end. */
    @Benchmark
    public int smallAnswer() throws Exception {
        return ask(PeerClient.Lane.CONTROL, "/small").await();
    }

    /** A leaf from a file, to the first byte. */
    @Benchmark
    public EndOfAnswer firstByteOfBlob() throws Exception {
        EndOfAnswer answer = ask(PeerClient.Lane.BULK, "/blob");
        answer.awaitFirstByte();
        return answer;
    }

    private EndOfAnswer ask(PeerClient.Lane lane, String target) {
        EndOfAnswer answer = new EndOfAnswer();
        client.transport().client().send(server.transport().localAddress(), lane, Request.get(target), answer);
        return answer;
    }

    private static final class WholeFile implements ContentSource {
        private final FileChannel file;
        private long position;

        WholeFile(FileChannel file) {
            this.file = file;
        }

        @Override
        public long length() {
            return BLOB_BYTES;
        }

        @Override
        public void read(ByteBuffer target) throws IOException {
            position += file.read(target, position);
        }

        @Override
        public void close() {}
    }
}
