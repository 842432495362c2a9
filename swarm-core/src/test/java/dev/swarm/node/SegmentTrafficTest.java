package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SegmentTrafficTest {

    private static final long SEED = Long.getLong("swarm.seed", 1);
    private static final long LATENCY = 1_000_000;
    private static final String NEWS = "1".repeat(32);

    static LongStream seeds() {
        Long chosen = Long.getLong("swarm.seed");
        return chosen != null ? LongStream.of(chosen) : LongStream.range(0, 5);
    }

    private static SimulatedSegment settled(long seed, int nodes, int holdings) {
        SimulatedSegment segment = new SimulatedSegment(seed, LATENCY);
        for (int i = 0; i < nodes; i++) {
            segment.start(speaker -> {
                for (int blob = 0; blob < holdings; blob++) {
                    speaker.holds(new BlobId(blob, 0, 0, 0));
                }
            });
        }
        segment.run(100);
        return segment;
    }

    @ParameterizedTest(name = "{0} nodes with {1} blobs")
    @CsvSource({"2,0", "2,20", "50,0", "50,20", "500,3", "2000,0"})
    void idle_anyNumberOfNodes_segmentCarriesAtMostTwoKilobytesASecond(int nodes, int holdings) {
        SimulatedSegment segment = settled(SEED, nodes, holdings);

        assertThat(segment.rate(100)).isBetween(40.0, 2_000.0);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void idle_fewNodes_eachSpeaksAboutOnceACycle(long seed) {
        SimulatedSegment segment = settled(seed, 3, 1);
        long before = segment.datagrams();
        segment.run(500);

        assertThat(segment.datagrams() - before).isBetween(3 * 80L, 3 * 120L);
    }

    @ParameterizedTest(name = "{0} nodes")
    @CsvSource({"8", "200", "2000"})
    void start_allAtOnce_burstIsBounded(int nodes) {
        SimulatedSegment segment = new SimulatedSegment(SEED, 5 * LATENCY);
        for (int i = 0; i < nodes; i++) {
            segment.start(speaker -> speaker.holds(new BlobId(1, 0, 0, 0)));
        }
        segment.run(1);

        assertThat(segment.bytes()).isLessThan(200_000);
        assertThat(segment.speakers()).allMatch(speaker -> speaker.announcements() > 0 || nodes == 2000);
    }

    @ParameterizedTest(name = "beside {0} nodes, loss {1}")
    @CsvSource({"1,0", "50,0", "50,0.3", "500,0", "2000,0"})
    void start_besideOthers_knowsSomeoneAndIsKnownAtOnce(int others, double loss) {
        SimulatedSegment segment = settled(SEED, others, 1);
        segment.lose(loss);
        long[] nanos = new long[40];
        for (int i = 0; i < nanos.length; i++) {
            SimulatedSegment.Speaker newcomer = segment.start();
            segment.run(3);
            nanos[i] = newcomer.acquaintedAfter();
            newcomer.stop();
        }
        Arrays.sort(nanos);

        assertThat(nanos[20]).isLessThanOrEqualTo(60_000_000);
        assertThat(nanos[39]).isLessThanOrEqualTo(400_000_000);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void start_aloneWithOneOtherAndLoss_isRepeatedUntilHeard(long seed) {
        SimulatedSegment segment = settled(seed, 1, 0);
        segment.lose(0.3);
        SimulatedSegment.Speaker newcomer = segment.start();
        segment.run(30);

        assertThat(newcomer.acquaintedAfter()).isLessThan(30_000_000_000L);
        assertThat(newcomer.announcements()).isGreaterThan(2);
    }

    @ParameterizedTest(name = "{0} nodes, loss {1}")
    @CsvSource({"3,0", "50,0", "500,0", "500,0.3", "2000,0"})
    void publish_everyoneLearnsOfIt_fewSayIt(int nodes, double loss) {
        SimulatedSegment segment = settled(SEED, nodes, 1);
        segment.lose(loss);
        SimulatedSegment.Speaker author = segment.speakers().get(0);
        long publishedAt = segment.time().now();
        long before = segment.datagrams();
        author.publishes(new BlobId(9, 9, 9, 9), NEWS);
        segment.onEach(
                i -> i == 0 ? 1_000_000_000_000L : segment.time().random().nextLong(100_000_000L),
                speaker -> speaker.learns(NEWS));
        segment.run(0.2);

        assertThat(author.lastSpoke() - publishedAt).isBetween(0L, 100_000_000L);
        segment.run(1.8);
        assertThat(segment.datagrams() - before).isBetween(1L, 30L);
    }

    @ParameterizedTest(name = "{0} nodes")
    @CsvSource({"50", "500"})
    void complete_everyoneWithinASecond_fewSayIt(int nodes) {
        SimulatedSegment segment = settled(SEED, nodes, 1);
        BlobId blob = new BlobId(7, 7, 7, 7);
        long before = segment.datagrams();
        segment.onEach(i -> segment.time().random().nextLong(1_000_000_000L), speaker -> speaker.completes(blob));
        segment.run(2);

        assertThat(segment.datagrams() - before).isBetween(3L, 30L);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void publish_hundredInASecond_travelTogether(long seed) {
        SimulatedSegment segment = settled(seed, 2, 1);
        SimulatedSegment.Speaker author = segment.speakers().get(0);
        int before = author.announcements();
        for (int i = 0; i < 100; i++) {
            author.publishes(
                    new BlobId(5, i, 0, 0), Integer.toHexString(1000 + i).repeat(16));
            segment.run(0.01);
        }
        segment.run(2);

        assertThat(author.announcements() - before).isBetween(5, 16);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void leave_almostAll_thoseLeftSpeakEveryCycleAgain(long seed) {
        SimulatedSegment segment = settled(seed, 100, 0);
        SimulatedSegment.Speaker last = segment.speakers().get(0);
        segment.speakers().subList(2, 100).forEach(SimulatedSegment.Speaker::stop);
        segment.run(300);
        int before = last.announcements();
        segment.run(200);

        assertThat(last.announcements() - before).isBetween(30, 50);
    }
}
