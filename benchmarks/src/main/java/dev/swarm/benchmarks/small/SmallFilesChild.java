package dev.swarm.benchmarks.small;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.swarm.NodeCounter;
import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.benchmarks.rig.BenchmarkFleet;
import dev.swarm.benchmarks.rig.ChildProcess;
import dev.swarm.benchmarks.rig.Usage;
import dev.swarm.benchmarks.rig.Vitals;
import dev.swarm.lifecycle.SeedTerms;
import dev.swarm.peer.PeerAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The process of one end. Answers each line on standard input with one on standard output and ends with its input: {@code mark},
 * {@code seed} (nanoseconds until all is published, address), {@code prepare}, {@code fetch} (nanoseconds), {@code report} (a
 * {@link Usage}) and {@code settle}.
 */
final class SmallFilesChild {

    static final String SENDER = "sender";
    static final String RECEIVER = "receiver";

    private static final long TIMEOUT_NANOS = TimeUnit.MINUTES.toNanos(30);

    private final Path directory;
    private final int files;
    private final int bytes;
    private final String role;
    private final @Nullable PeerAddress peer;
    private @Nullable SwarmNode node;
    private int round;

    private SmallFilesChild(String[] args) {
        this.directory = Path.of(args[0]);
        this.files = Integer.parseInt(args[1]);
        this.bytes = Integer.parseInt(args[2]);
        this.role = args[3];
        this.peer = args.length > 4 ? PeerAddress.parse(args[4]) : null;
    }

    /** Arguments: directory, number of files, bytes of each, role, and for the receiver the sender's address. */
    public static void main(String[] args) throws IOException {
        SmallFilesChild child = new SmallFilesChild(args);
        if (child.role.equals(SENDER)) {
            child.makeSeeds();
        }
        Vitals vitals = new Vitals(pauseLog(child.directory, child.role), 0);
        System.out.println(ChildProcess.READY);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            switch (line) {
                case "mark" -> {
                    vitals.mark();
                    System.out.println("marked");
                }
                case "report" -> System.out.println(vitals.sinceMark().encode());
                default -> System.out.println(child.answer(line));
            }
        }
        child.stop();
    }

    static Path pauseLog(Path directory, String role) {
        return directory.resolve(role + ".gc");
    }

    private String answer(String command) throws IOException {
        switch (command) {
            case "seed" -> {
                long start = startAndWait(started -> started.status().activeBlobs());
                return System.nanoTime() - start + " " + running().address();
            }
            case "fetch" -> {
                long start = startAndWait(
                        started -> Math.toIntExact(started.counts().getOrDefault(NodeCounter.COMPLETED_TRANSFERS, 0L)));
                awaitLinks();
                return Long.toString(System.nanoTime() - start);
            }
            // A directory of its own: ext4 is slow to make files for minutes after as many were deleted.
            case "prepare" -> round++;
            case "settle" -> stop();
            default -> throw new IOException("a " + role + " knows no " + command);
        }
        return "done";
    }

    private Path data() {
        return directory.resolve("node-" + role + "-" + round);
    }

    private void makeSeeds() throws IOException {
        Path seeds = Files.createDirectories(data().resolve("seed"));
        String terms = SeedTerms.of(RECEIVER, "0").toJson();
        Random random = new Random(files);
        byte[] content = new byte[bytes];
        for (int i = 0; i < files; i++) {
            random.nextBytes(content);
            Files.write(seeds.resolve(name(i)), content);
            Files.writeString(seeds.resolve(name(i) + ".swarm"), terms);
        }
    }

    private static String name(int file) {
        return String.format(Locale.ROOT, "file-%06d", file);
    }

    /** Starts the node and returns when it counts all files; when it was started, in nanoseconds. */
    private long startAndWait(ToIntFunction<SwarmNode> count) throws IOException {
        long start = System.nanoTime();
        node = SwarmNode.start(
                SwarmConfig.builder(data(), BenchmarkFleet.open(directory).credentials(role))
                        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .peers(peer == null ? List.of() : List.of(peer))
                        .build());
        try {
            for (int now = 0; now < files; now = count.applyAsInt(running())) {
                long nanos = System.nanoTime() - start;
                if (nanos > TIMEOUT_NANOS) {
                    throw new IOException(now + " of " + files + " files after " + nanos / 1_000_000_000L + " s");
                }
                // What is seeded is counted on the node's loop, blob by blob: seldom enough to cost a hundredth of the
                // time at most.
                TimeUnit.NANOSECONDS.sleep(Math.max(10_000_000L, nanos / 50));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return start;
    }

    /** The last links are made by the plugin, on its own thread, after the last file is complete. */
    private void awaitLinks() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        Path last = data().resolve("files");
        String[] names = last.toFile().list();
        while ((names == null || names.length < files) && System.nanoTime() - deadline < 0) {
            names = last.toFile().list();
        }
        if (names == null || names.length != files) {
            throw new IOException((names == null ? 0 : names.length) + " of " + files + " files are linked");
        }
        for (int i = 0; i < files; i += Math.max(1, files / 100)) {
            if (Files.size(last.resolve(name(i))) != bytes) {
                throw new IOException(name(i) + " is not the file that was sent");
            }
        }
    }

    private SwarmNode running() {
        SwarmNode running = node;
        if (running == null) {
            throw new IllegalStateException("the node has not started");
        }
        return running;
    }

    private void stop() {
        SwarmNode ending = node;
        if (ending != null) {
            node = null;
            ending.close();
        }
    }
}
