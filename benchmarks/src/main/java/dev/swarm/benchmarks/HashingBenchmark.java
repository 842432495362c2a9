package dev.swarm.benchmarks;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Random;
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
import org.openjdk.jmh.annotations.Warmup;

/** One pass of whole hash and leaf hashes over 16 MiB, beside the two bare SHA-256 passes that it cannot do without. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HashingBenchmark {

    private static final int BYTES = 16 << 20;
    private static final int STEP = 256 * 1024;

    private final byte[] content = new byte[BYTES];

    /** Makes the content. */
    @Setup
    public void fill() {
        new Random(1).nextBytes(content);
    }

    /** What the library does with a seed file. */
    @Benchmark
    public BlobCache.Seeded hashBlob() {
        BlobHasher hasher = new BlobHasher();
        for (int at = 0; at < BYTES; at += STEP) {
            hasher.update(ByteBuffer.wrap(content, at, STEP));
        }
        return hasher.finish();
    }

    /** The floor. */
    @Benchmark
    public byte[] twoBarePasses() throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (int pass = 0; pass < 2; pass++) {
            for (int at = 0; at < BYTES; at += STEP) {
                digest.update(content, at, STEP);
            }
        }
        return digest.digest();
    }
}
