package dev.swarm.benchmarks.pair;

import dev.swarm.benchmarks.rig.BenchmarkFleet;
import dev.swarm.benchmarks.rig.Machine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Measures one sender and one receiver, contestant by contestant and round by round, and prints tables. */
public final class PairMain {

    /** Until as much has passed, compilation costs more than the work. A run of few rounds does not wait for it. */
    private static final long WARM_UP_BYTES = 2L << 30;

    private final PairOptions options;
    private final Path directory;
    private final long deadline;
    private final List<Pair> pairs = new ArrayList<>();

    private PairMain(PairOptions options, Path directory) {
        this.options = options;
        this.directory = directory;
        this.deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.secondsLimit());
    }

    /** Runs with the options of the command line; {@code --help} tells them. */
    public static void main(String[] args) throws IOException {
        if (List.of(args).contains("--help")) {
            System.out.println(PairOptions.USAGE);
            return;
        }
        PairOptions options;
        try {
            options = PairOptions.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(PairOptions.USAGE);
            System.exit(2);
            return;
        }
        Path directory = Files.createTempDirectory(options.directory(), "swarm-pair-");
        // A hook, so that gigabytes do not stay behind when the run is broken off; the children end with their input.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
        new PairMain(options, directory).run();
    }

    private void run() throws IOException {
        System.out.println(Machine.describe());
        BenchmarkFleet.issue(directory, Child.SENDER, Child.RECEIVER);
        Content.make(directory, options.size());
        try {
            for (Contestant contestant : options.contestants()) {
                pairs.add(Pair.start(options, directory, contestant));
            }
            for (int connections : options.connections()) {
                measure(connections);
            }
        } finally {
            pairs.forEach(Pair::close);
        }
    }

    private void measure(int connections) throws IOException {
        Map<Contestant, List<Round>> results = new LinkedHashMap<>();
        for (Pair pair : pairs) {
            for (int i = 0; i < options.rounds() && i * options.size() < WARM_UP_BYTES; i++) {
                pair.run(connections);
            }
            results.put(pair.contestant(), new ArrayList<>());
        }
        int round = 0;
        while (round < options.rounds() && (round == 0 || System.nanoTime() - deadline < 0)) {
            // Every other round in reverse, so that whatever changes with time favours nobody.
            for (int i = 0; i < pairs.size(); i++) {
                Pair pair = pairs.get(round % 2 == 0 ? i : pairs.size() - 1 - i);
                results.computeIfAbsent(pair.contestant(), c -> new ArrayList<>())
                        .add(pair.run(connections));
            }
            round++;
        }
        System.out.println();
        System.out.println(connections + (connections == 1 ? " connection, " : " connections, ")
                + (options.size() >> 20) + " MiB, " + round + (round == 1 ? " round" : " rounds, medians"));
        System.out.println();
        System.out.print(new ResultTable(options.size(), results).format());
    }

    private static void delete(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            System.err.println("some files stay in " + directory + ": " + e.getMessage());
        }
    }
}
