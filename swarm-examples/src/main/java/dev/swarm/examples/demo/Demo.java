package dev.swarm.examples.demo;

import dev.swarm.NodeCounter;
import dev.swarm.SeedOptions;
import dev.swarm.SwarmNode;
import dev.swarm.SystemAdapters;
import dev.swarm.Ticker;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.examples.view.HumanText;
import dev.swarm.examples.view.LiveRows;
import dev.swarm.node.TransferView;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;

/** Spreads one file over a fleet on this machine and shows how it went. */
public final class Demo {

    private static final long TICK_MILLIS = 100;
    private static final long LOOK_MILLIS = 10;
    private static final long ACQUAINTANCE_NANOS = 10_000_000_000L;

    /** Without any node having completed for this long, something is wrong. */
    private static final long GIVE_UP_NANOS = 600_000_000_000L;

    private final PrintWriter out;
    private final LiveRows rows;
    private final Ticker ticker = SystemAdapters.ticker();

    /**
     * A demonstration that reports to {@code out}.
     *
     * @param terminal whether {@code out} is a terminal
     */
    public Demo(PrintWriter out, boolean terminal) {
        this.out = out;
        this.rows = new LiveRows(out, terminal);
    }

    /** Writes a file of random bytes. */
    public static Path randomFile(Path directory, long size) throws IOException {
        RandomGenerator random = RandomGeneratorFactory.of("SplittableRandom")
                .create(SystemAdapters.randomness().nextLong());
        Path file = directory.resolve("demo.bin");
        byte[] block = new byte[1 << 20];
        try (OutputStream target = Files.newOutputStream(file)) {
            for (long left = size; left > 0; left -= block.length) {
                random.nextBytes(block);
                target.write(block, 0, (int) Math.min(left, block.length));
            }
        }
        return file;
    }

    /**
     * Runs it.
     *
     * @param directory an empty directory for everything
     * @param file what to spread
     * @param size how many nodes
     * @return whether every node holds the right bytes
     */
    public boolean run(Path directory, Path file, int size) throws IOException, InterruptedException {
        String expected = sha256(file);
        long begun = ticker.nanoTime();
        try (DemoFleet fleet = DemoFleet.start(directory, size)) {
            awaitAcquaintance(fleet);
            out.printf(
                    Locale.ROOT,
                    "%d nodes found each other in %.2f s %s%n",
                    size,
                    seconds(ticker.nanoTime() - begun),
                    fleet.usesMulticast() ? "by multicast" : "through the first (no multicast on loopback here)");
            BlobId blob = fleet.seeder().seed(file, SeedOptions.to("*"));
            out.printf(
                    Locale.ROOT, "seeding %s  %s  %s%n", blob, file.getFileName(), HumanText.bytes(Files.size(file)));
            long start = ticker.nanoTime();
            long makespan = awaitAll(fleet, blob, new BlobLayout(Files.size(file)), start);
            return report(fleet, blob, expected, Files.size(file), makespan);
        }
    }

    private void awaitAcquaintance(DemoFleet fleet) throws InterruptedException {
        long start = ticker.nanoTime();
        CountDownLatch never = new CountDownLatch(1);
        while (!fleet.isAcquainted() && ticker.nanoTime() - start < ACQUAINTANCE_NANOS) {
            never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private long awaitAll(DemoFleet fleet, BlobId blob, BlobLayout layout, long start)
            throws InterruptedException, IOException {
        CompletableFuture<?> all = CompletableFuture.allOf(
                fleet.nodes().stream().map(node -> node.awaitComplete(blob)).toArray(CompletableFuture<?>[]::new));
        CompletableFuture<Long> finished = all.thenApply(done -> ticker.nanoTime() - start);
        while (ticker.nanoTime() - start < GIVE_UP_NANOS) {
            try {
                long makespan = finished.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
                rows.show(progress(fleet, blob, layout), Long.MAX_VALUE);
                return makespan;
            } catch (TimeoutException e) {
                rows.show(progress(fleet, blob, layout), ticker.nanoTime());
            } catch (ExecutionException e) {
                throw new IOException("the transfer failed: " + e.getCause(), e);
            }
        }
        throw new IOException("the transfer did not end within " + GIVE_UP_NANOS / 1_000_000_000L + " s");
    }

    private static List<String> progress(DemoFleet fleet, BlobId blob, BlobLayout layout) {
        Map<String, String> names = fleet.names();
        List<String> lines = new ArrayList<>();
        for (SwarmNode node : fleet.nodes()) {
            TransferView running = node.status().transfers().stream()
                    .filter(transfer -> transfer.blob().equals(blob))
                    .findFirst()
                    .orElse(null);
            int chunks = layout.chunkCount();
            boolean complete = running == null && Files.exists(node.pathOf(blob));
            int held = complete ? chunks : running == null ? 0 : running.chunksHeld();
            String sources = running == null ? "" : sources(running.sources().chunksBySource(), names);
            lines.add(String.format(
                    Locale.ROOT, "%-8s %s %5d/%-5d %s", node.id(), LiveRows.bar(held, chunks), held, chunks, sources));
        }
        return lines;
    }

    private boolean report(DemoFleet fleet, BlobId blob, String expected, long size, long makespan)
            throws IOException, InterruptedException {
        Map<String, String> names = fleet.names();
        String seeder = fleet.seeder().id().host();
        boolean right = true;
        boolean shared = true;
        for (SwarmNode node : fleet.nodes()) {
            String actual = sha256(node.pathOf(blob));
            right &= actual.equals(expected);
            Map<String, Long> sources = storedSources(node, blob, names);
            shared &= node == fleet.seeder() || sources.keySet().stream().anyMatch(name -> !name.equals(seeder));
            out.printf(
                    Locale.ROOT,
                    "%-8s sha256 %s %s  %s%n",
                    node.id(),
                    actual,
                    actual.equals(expected) ? "ok" : "WRONG",
                    node == fleet.seeder() ? "seeder" : text(sources));
        }
        long sent = fleet.nodes().stream().mapToLong(Demo::sentBytes).sum();
        long fromSeeder = sentBytes(fleet.seeder());
        int receivers = fleet.nodes().size() - 1;
        double seconds = seconds(makespan);
        double bound = receivers * (double) size / MachineCeiling.bytesPerSecond(ticker);
        out.printf(Locale.ROOT, "makespan %.2f s, %.0f MB/s delivered%n", seconds, receivers * size / 1e6 / seconds);
        out.printf(
                Locale.ROOT,
                "seeder's share %.0f %% of what was sent, %.2f copies%n",
                sent == 0 ? 0 : 100.0 * fromSeeder / sent,
                size == 0 ? 0 : (double) fromSeeder / size);
        out.printf(
                Locale.ROOT,
                "ratio to the lower bound %.2f (%.2f s: this machine's cores encrypting, decrypting and hashing every copy)%n",
                seconds / bound,
                bound);
        out.println(
                !right
                        ? "FAILED: a copy is wrong"
                        : "every copy is right" + (shared ? ", and no node read from the seeder alone" : ""));
        return right;
    }

    private static long sentBytes(SwarmNode node) {
        return node.counts().getOrDefault(NodeCounter.SENT_BYTES, 0L);
    }

    private static Map<String, Long> storedSources(SwarmNode node, BlobId blob, Map<String, String> names) {
        Map<String, Long> counts = new TreeMap<>();
        String trait = node.trait("swarm");
        if (trait != null
                && JsonText.readObject(trait).get("chunk_sources") instanceof Map<?, ?> all
                && all.get(blob.hex()) instanceof Map<?, ?> sources) {
            sources.forEach((address, count) -> counts.merge(
                    names.getOrDefault(String.valueOf(address), String.valueOf(address)),
                    count instanceof Long number ? number : Long.valueOf(0),
                    Long::sum));
        }
        return counts;
    }

    private static String sources(Map<String, Integer> counts, Map<String, String> names) {
        Map<String, Long> named = new TreeMap<>();
        counts.forEach((address, count) -> named.merge(names.getOrDefault(address, address), (long) count, Long::sum));
        return text(named);
    }

    private static String text(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(entry -> entry.getKey() + ":" + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    private static double seconds(long nanos) {
        return nanos / 1e9;
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream source = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[256 * 1024];
            for (int count = source.read(block); count > 0; count = source.read(block)) {
                digest.update(block, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
