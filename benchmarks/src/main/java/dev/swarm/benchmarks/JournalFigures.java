package dev.swarm.benchmarks;

import dev.swarm.benchmarks.rig.EntryAuthors;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.JournalReading;
import dev.swarm.manifest.ManifestChanges;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestImage;
import dev.swarm.manifest.ManifestJournal;
import dev.swarm.manifest.ManifestJson;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.ManifestView;
import dev.swarm.manifest.SignedEntry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The manifest on disk: how large its journal is, how long it takes to load in a fresh process on one core, to append to, and to
 * write anew, and what the readable view costs. Entries have real signatures of fifty authors.
 */
public final class JournalFigures {

    private static final int ENTRIES = 100_000;
    private static final int AUTHORS = 50;
    private static final int LOADS = 5;
    private static final int APPENDS = 200;
    private static final int BATCH = 100;
    private static final Path TASKSET = Path.of("/usr/bin/taskset");

    private final Path directory;
    private final EntryAuthors authors;
    private final List<Row> rows = new ArrayList<>();
    private final FleetId fleet;
    private final long now = System.currentTimeMillis();

    private JournalFigures(Path directory) throws IOException {
        this.directory = directory;
        this.authors = EntryAuthors.issue(directory, AUTHORS);
        this.fleet = authors.fleet();
    }

    /**
     * Without arguments measures everything below {@code java.io.tmpdir}. With a journal
     * and a fleet's id loads that once and prints the milliseconds that reading, decoding and taking in took, and the thread's processor time.
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length == 2) {
            load(Path.of(arguments[0]), new FleetId(arguments[1]));
            return;
        }
        Path directory = Files.createTempDirectory("swarm-journal");
        try {
            new JournalFigures(directory).run();
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void load(Path file, FleetId fleet) throws IOException {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long computedBefore = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        byte[] bytes = Files.readAllBytes(file);
        long read = System.nanoTime();
        JournalReading reading = ManifestJournal.read(bytes, fleet);
        long decoded = System.nanoTime();
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        List<String> problems = manifest.restore(reading, System.currentTimeMillis());
        long restored = System.nanoTime();
        long computing = threads.getCurrentThreadCpuTime() - computedBefore;
        if (!problems.isEmpty() || !reading.problems().isEmpty()) {
            throw new IllegalStateException("the journal is damaged: " + problems + reading.problems());
        }
        System.out.println(String.join(
                " ", millis(read - start), millis(decoded - read), millis(restored - decoded), millis(computing)));
    }

    private void run() throws IOException, InterruptedException {
        List<SignedEntry> entries = IntStream.range(0, ENTRIES)
                .parallel()
                .mapToObj(i -> authors.sign(i, now))
                .toList();
        Path file = directory.resolve("manifest.journal");
        ManifestJournal journal = new ManifestJournal(fleet, new byte[ManifestJournal.SALT_BYTES]);
        long start = System.nanoTime();
        writeAll(file, target -> journal.start(image(entries), target));
        long written = System.nanoTime() - start;
        addRow(
                "journal of " + ENTRIES + " entries by " + AUTHORS + " authors",
                mebibytes(Files.size(file)) + ", " + Files.size(file) / ENTRIES
                        + " bytes an entry; written anew and flushed in " + millis(written) + " ms");
        measureLoad(file, false);
        if (Files.exists(TASKSET)) {
            measureLoad(file, true);
        }
        measureView(file);
        measureAppends(file, journal, 1);
        measureAppends(file, journal, BATCH);
        System.out.println("| what | figure |\n|---|---|");
        rows.forEach(row -> System.out.println("| " + row.what() + " | " + row.figure() + " |"));
    }

    private void measureLoad(Path file, boolean oneCore) throws IOException, InterruptedException {
        List<Load> runs = new ArrayList<>();
        for (int run = 0; run < LOADS; run++) {
            runs.add(loadInFreshProcess(file, oneCore));
        }
        runs.sort(Comparator.comparingLong(Load::total));
        Load median = runs.get(LOADS / 2);
        addRow(
                "loaded in a fresh process" + (oneCore ? " confined to one core" : ""),
                median.total() + " ms (file " + median.file() + ", decoding " + median.decoding() + ", taking in "
                        + median.takingIn() + "), of which the loading thread computes " + median.computing()
                        + " ms; median of " + LOADS);
    }

    /** What one loading took, in milliseconds; {@code computing} is the processor time of the thread that did it. */
    private record Load(long file, long decoding, long takingIn, long computing) {
        long total() {
            return file + decoding + takingIn;
        }
    }

    private Load loadInFreshProcess(Path file, boolean oneCore) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        if (oneCore) {
            command.addAll(List.of(TASKSET.toString(), "-c", "0"));
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                JournalFigures.class.getName(),
                file.toString(),
                fleet.hex()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException("loading " + file + " failed");
        }
        List<Long> millis =
                Arrays.stream(line.split(" ", -1)).map(Long::valueOf).toList();
        return new Load(millis.get(0), millis.get(1), millis.get(2), millis.get(3));
    }

    private void measureView(Path file) throws IOException {
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        List<String> problems = manifest.restore(ManifestJournal.read(Files.readAllBytes(file), fleet), now);
        if (!problems.isEmpty()) {
            throw new IllegalStateException("the journal is damaged: " + problems);
        }
        Path view = directory.resolve("manifest.json");
        List<Long> times = new ArrayList<>();
        for (int run = 0; run < LOADS; run++) {
            long start = System.nanoTime();
            ManifestView shown = ManifestView.of(
                    fleet, manifest.version(), manifest.digest(), manifest.purgedUpTo(), manifest.blobs());
            writeAll(view, target -> ManifestJson.write(shown, target));
            times.add(System.nanoTime() - start);
        }
        times.sort(null);
        addRow(
                "readable view",
                mebibytes(Files.size(view)) + ", written and flushed in " + millis(times.get(LOADS / 2)) + " ms");
    }

    private void measureAppends(Path file, ManifestJournal journal, int batch) throws IOException {
        List<Long> times = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            for (int round = 0; round < APPENDS; round++) {
                int first = round * batch % ENTRIES;
                List<SignedEntry> changed = IntStream.range(first, first + batch)
                        .mapToObj(i -> authors.sign(i, now + batch))
                        .toList();
                long start = System.nanoTime();
                ManifestChanges changes = new ManifestChanges(image(changed), List.of(), false);
                channel.write(ByteBuffer.wrap(journal.append(changes)));
                channel.force(true);
                times.add(System.nanoTime() - start);
            }
        }
        times.sort(null);
        addRow(
                "append of " + batch + (batch == 1 ? " entry" : " entries") + ", flushed",
                String.format(
                        Locale.ROOT,
                        "%.2f ms, 99th percentile %.2f ms",
                        times.get(APPENDS / 2) / 1e6,
                        times.get(APPENDS * 99 / 100) / 1e6));
    }

    private static ManifestImage image(List<SignedEntry> entries) {
        return new ManifestImage(
                entries.size(), entries, List.of(), Map.of(), Map.of(), HybridTimestamp.ZERO, HybridTimestamp.ZERO);
    }

    private record Row(String what, String figure) {}

    private interface Content {
        void writeTo(OutputStream target) throws IOException;
    }

    private static void writeAll(Path file, Content content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING)) {
            OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 18);
            content.writeTo(stream);
            stream.flush();
            channel.force(true);
        }
    }

    private void addRow(String what, String figure) {
        rows.add(new Row(what, figure));
    }

    private static String millis(long nanos) {
        return Long.toString(Math.round(nanos / 1e6));
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
    }
}
