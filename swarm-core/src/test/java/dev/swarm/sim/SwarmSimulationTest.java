package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole fleets to which whatever a seed drew is done. What must hold is checked after every event; {@link Settlement} says what
 * they come to. {@code docs/testing.md} tells how to run and to replay.
 */
@Tag("simulation")
class SwarmSimulationTest {

    private static final int BATCH = 100;

    /** Of a run so long nobody compares hashes. */
    private static final int MOST_HASHES = 20_000;

    private static final Path HASHES = Path.of("target", "sim-trace-hashes.txt");

    private static final SightLog SIGHTS = new SightLog();
    private static final Map<Long, Long> TRACES = new TreeMap<>();
    private static long startedAt;
    private static double virtualSeconds;

    /** Seeds that one test runs. */
    record Batch(List<Long> seeds) {
        @Override
        public String toString() {
            return seeds.size() == 1
                    ? "seed " + seeds.get(0)
                    : "seeds " + seeds.get(0) + " to " + seeds.get(seeds.size() - 1);
        }
    }

    static Stream<Batch> batches() {
        long[] seeds = Simulation.seeds(1_000, 10_000, 100_000).toArray();
        List<Batch> batches = new ArrayList<>();
        for (int from = 0; from < seeds.length; from += BATCH) {
            batches.add(new Batch(Arrays.stream(seeds, from, Math.min(seeds.length, from + BATCH))
                    .boxed()
                    .toList()));
        }
        return batches.stream();
    }

    @BeforeAll
    static void begin() {
        startedAt = System.nanoTime();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("batches")
    void run_whateverGoesWrong_whatMustHoldDoes(Batch batch) {
        List<Long> failed = batch.seeds().parallelStream()
                .filter(seed -> !holds(seed))
                .sorted()
                .toList();

        assertThat(failed).as(() -> story(failed)).isEmpty();
    }

    private static String story(List<Long> failed) {
        Scenario scenario = Scenario.of(failed.get(0));
        return Story.of(scenario, FaultRun.of(scenario));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {0, 1, 2, 3, 4, 5, 27, 136, 424, 1338})
    void run_sameSeedTwice_sameTrace(long seed) {
        long first = FaultRun.of(Scenario.of(seed)).hash();

        assertThat(FaultRun.of(Scenario.of(seed)).hash()).isEqualTo(first);
    }

    private static boolean holds(long seed) {
        Scenario scenario = Scenario.of(seed);
        FaultRun.Outcome outcome = FaultRun.of(scenario);
        synchronized (SIGHTS) {
            SIGHTS.addAll(outcome.sights());
            TRACES.put(seed, outcome.hash());
            virtualSeconds += outcome.seconds();
        }
        return outcome.violation() == null;
    }

    @AfterAll
    static void end() throws IOException {
        double seconds = (System.nanoTime() - startedAt) / 1e9;
        CRC32 all = new CRC32();
        StringBuilder lines = new StringBuilder();
        TRACES.forEach((seed, hash) -> {
            String line = String.format(Locale.ROOT, "%d %08x%n", seed, hash);
            line.chars().forEach(all::update);
            lines.append(line);
        });
        System.out.printf(
                Locale.ROOT,
                "%d seeds, %.0f virtual seconds each, %.1f seeds a second, trace %08x%n",
                TRACES.size(),
                virtualSeconds / Math.max(1, TRACES.size()),
                TRACES.size() / seconds,
                all.getValue());
        if (TRACES.size() <= MOST_HASHES) {
            Files.createDirectories(HASHES.getParent());
            Files.writeString(HASHES, lines);
        }
        boolean chosen = System.getProperty("swarm.seed") != null || System.getProperty("swarm.seeds") != null;
        if (!chosen) {
            assertThat(Stream.of(Sight.values()).filter(sight -> SIGHTS.count(sight) == 0))
                    .as("states that no seed reached")
                    .isEmpty();
        }
    }
}
