package dev.swarm.benchmarks.small;

import dev.swarm.benchmarks.rig.BenchmarkFleet;
import dev.swarm.benchmarks.rig.ChildProcess;
import dev.swarm.benchmarks.rig.Machine;
import dev.swarm.benchmarks.rig.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Measures very many small files from one node to another. The sender finds them in its seed directory; each receiver starts with
 * nothing and is done when every file is verified, on disk and linked by its name.
 */
public final class SmallFilesMain {

    private final SmallFilesOptions options;
    private final Path directory;

    private SmallFilesMain(SmallFilesOptions options, Path directory) {
        this.options = options;
        this.directory = directory;
    }

    /** Runs with the options of the command line; {@code --help} tells them. */
    public static void main(String[] args) throws IOException {
        if (List.of(args).contains("--help")) {
            System.out.println(SmallFilesOptions.USAGE);
            return;
        }
        SmallFilesOptions options;
        try {
            options = SmallFilesOptions.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(SmallFilesOptions.USAGE);
            System.exit(2);
            return;
        }
        Path directory = Files.createTempDirectory(options.directory(), "swarm-small-");
        // A hook, so that nothing stays behind when the run is broken off; the children end with their input.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(directory)));
        new SmallFilesMain(options, directory).run();
    }

    private void run() throws IOException {
        System.out.println(Machine.describe());
        System.out.println(options.files() + " files of " + options.bytes() + " bytes, their author's key is "
                + options.authorKey());
        System.out.println();
        // A plain node may have 4,096 entries.
        BenchmarkFleet.issue(directory, SmallFilesChild.RECEIVER)
                .issueOperator(SmallFilesChild.SENDER, options.authorKey());
        System.out.println("| what     | files/s | seconds | CPU-s/1000 files sender | receiver | both  |"
                + " KiB/file sender | receiver | longest pause ms | peak RSS MiB sender | receiver |");
        System.out.println("|----------|---------|---------|-------------------------|----------|-------|"
                + "-----------------|----------|------------------|---------------------|----------|");
        try (ChildProcess sender = start(SmallFilesChild.SENDER)) {
            sender.ask("mark");
            String[] seeded = sender.ask("seed").split(" ", -1);
            print("seeding", Long.parseLong(seeded[0]), Usage.parse(sender.ask("report")), null);
            try (ChildProcess receiver = start(SmallFilesChild.RECEIVER, seeded[1])) {
                for (int round = 1; round <= options.rounds(); round++) {
                    measure(round, sender, receiver);
                }
            }
        }
    }

    private void measure(int round, ChildProcess sender, ChildProcess receiver) throws IOException {
        receiver.ask("prepare");
        sender.ask("mark");
        receiver.ask("mark");
        long nanos = Long.parseLong(receiver.ask("fetch"));
        Usage sent = Usage.parse(sender.ask("report"));
        Usage received = Usage.parse(receiver.ask("report"));
        print("round " + round, nanos, sent, received);
        receiver.ask("settle");
    }

    private ChildProcess start(String... roleAndAddress) throws IOException {
        String role = roleAndAddress[0];
        List<String> jvm = new ArrayList<>(options.jvmOptions());
        jvm.addAll(ChildProcess.recording(options.recordings(), role));
        List<String> main = new ArrayList<>(List.of(
                SmallFilesChild.class.getName(),
                directory.toString(),
                Integer.toString(options.files()),
                Integer.toString(options.bytes())));
        main.addAll(List.of(roleAndAddress));
        return ChildProcess.start(role, options.heapMiB(), SmallFilesChild.pauseLog(directory, role), jvm, main);
    }

    private void print(String what, long nanos, Usage sender, @Nullable Usage receiver) {
        double thousands = options.files() / 1e3;
        Usage second = receiver == null ? new Usage(0, 0, 0, 0, 0) : receiver;
        System.out.println(String.format(
                Locale.ROOT,
                "| %-8s | %7.0f | %7.2f | %23.3f | %8.3f | %5.3f | %15.0f | %8.0f | %16.1f | %19d | %8d |",
                what,
                options.files() * 1e9 / nanos,
                nanos / 1e9,
                sender.cpuNanos() / 1e9 / thousands,
                second.cpuNanos() / 1e9 / thousands,
                (sender.cpuNanos() + second.cpuNanos()) / 1e9 / thousands,
                sender.allocatedBytes() / 1024.0 / options.files(),
                second.allocatedBytes() / 1024.0 / options.files(),
                Math.max(sender.pauseMicros(), second.pauseMicros()) / 1e3,
                sender.peakRssBytes() >> 20,
                second.peakRssBytes() >> 20));
    }

    private static void deleteQuietly(Path directory) {
        try {
            Trees.delete(directory);
        } catch (IOException e) {
            System.err.println("some files stay in " + directory + ": " + e.getMessage());
        }
    }
}
