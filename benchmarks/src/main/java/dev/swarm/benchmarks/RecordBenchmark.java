package dev.swarm.benchmarks;

import dev.swarm.benchmarks.rig.BareEngines;
import dev.swarm.benchmarks.rig.BenchmarkFleet;
import dev.swarm.benchmarks.rig.EnginePair;
import dev.swarm.benchmarks.rig.TlsSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngineResult;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Sixty-four records, about one MiB, through TLS and a loopback socket on one thread: encrypted from one kind of memory, some records to a write,
 * decrypted into the heap.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH calls the setup method before anything else
public class RecordBenchmark {

    private static final int RECORDS = 64;
    private static final int RECORD_BYTES = TlsSocket.RECORD_BYTES;
    private static final int BYTES = RECORDS * RECORD_BYTES;

    /** Calls after which the ciphers are compiled, however slow the machine: a warm-up by time may end before. */
    private static final int COMPILED_AFTER = 256;

    /** Memory that is encrypted from. */
    public enum Source {
        /** An array. */
        HEAP,
        /** Outside the heap. */
        DIRECT,
        /** A file's pages. */
        MAPPED
    }

    /** Memory that is encrypted from. */
    @Param
    public Source source = Source.HEAP;

    /** Records in one write to the socket. */
    @Param({"1", "4", "8"})
    public int gather;

    private EnginePair ends;
    private SocketChannel out;
    private SocketChannel in;
    private Path directory;
    private ByteBuffer content;
    private ByteBuffer sealed;
    private ByteBuffer arrived;
    private ByteBuffer plain;

    /** Connects both ends. */
    @Setup
    public void connect() throws IOException {
        directory = Files.createTempDirectory("swarm-records-");
        BenchmarkFleet fleet = BenchmarkFleet.issue(directory, "a", "b");
        ends = new EnginePair(
                new BareEngines(fleet.credentials("a")).client(), new BareEngines(fleet.credentials("b")).server());
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            out = SocketChannel.open(listener.getLocalAddress());
            out.setOption(StandardSocketOptions.TCP_NODELAY, true);
            out.configureBlocking(false);
            in = listener.accept();
            in.configureBlocking(false);
        }
        content = memory();
        int packet = ends.client().getSession().getPacketBufferSize();
        sealed = ByteBuffer.allocate(gather * packet);
        arrived = ByteBuffer.allocate(gather * packet);
        plain = ByteBuffer.allocate(gather * packet);
        for (int i = 0; i < COMPILED_AFTER; i++) {
            moveRecords();
        }
    }

    /** Closes the sockets and deletes the files. */
    @TearDown
    public void disconnect() throws IOException {
        out.close();
        in.close();
        Files.deleteIfExists(directory.resolve("content"));
        Files.delete(directory.resolve("fleet.p12"));
        Files.delete(directory);
    }

    /** All of it, batch after batch. */
    @Benchmark
    public int moveRecords() throws IOException {
        int moved = 0;
        for (int at = 0; at < BYTES; at += gather * RECORD_BYTES) {
            seal(at, Math.min(BYTES, at + gather * RECORD_BYTES));
            carry();
            moved += open();
        }
        return moved;
    }

    private void seal(int from, int to) throws IOException {
        content.clear().position(from).limit(to);
        sealed.clear();
        while (content.hasRemaining()) {
            requireOk(ends.client().wrap(content, sealed));
        }
        sealed.flip();
    }

    private void carry() throws IOException {
        arrived.clear().limit(sealed.limit());
        while (arrived.hasRemaining()) {
            if (sealed.hasRemaining()) {
                out.write(sealed);
            }
            in.read(arrived);
        }
        arrived.flip();
    }

    private int open() throws IOException {
        plain.clear();
        while (arrived.hasRemaining()) {
            requireOk(ends.server().unwrap(arrived, plain));
        }
        return plain.position();
    }

    private static void requireOk(SSLEngineResult result) {
        if (result.getStatus() != SSLEngineResult.Status.OK) {
            throw new IllegalStateException("a buffer is too small: " + result);
        }
    }

    private ByteBuffer memory() throws IOException {
        return switch (source) {
            case HEAP -> ByteBuffer.allocate(BYTES);
            case DIRECT -> ByteBuffer.allocateDirect(BYTES);
            case MAPPED -> {
                Path file = directory.resolve("content");
                Files.write(file, new byte[BYTES]);
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    yield channel.map(FileChannel.MapMode.READ_ONLY, 0, BYTES);
                }
            }
        };
    }
}
