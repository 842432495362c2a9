package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.Retention;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes that come and go while blobs are published, renewed, revoked and expire. */
@Tag("simulation")
class ChurnSimulationTest {

    private static final long RATE = 25_000_000;
    private static final long MIB = 1 << 20;
    private static final double MINUTE = 60;
    private static final double HOUR = 60 * MINUTE;

    static LongStream seeds() {
        return Simulation.seeds(2, 10, 100);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void churn_aFifthEachMinute_whoIsThereEndsWithWhatIsActive(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 10, RATE);
        List<PeerSeed> published = new ArrayList<>();
        fleet.startAll(List.of());
        RandomGenerator random = fleet.time().random();
        int minutes = Simulation.pick(15, 60, 120);
        for (int minute = 0; minute < minutes; minute++) {
            if (minute % 5 == 0) {
                published.add(publish(fleet, 8 * MIB, "20m"));
            }
            for (int i = 0; i < 2; i++) {
                SimulatedNode node = fleet.node(1 + random.nextInt(9));
                if (node.isRunning()) {
                    node.crash();
                } else {
                    node.start(List.of());
                }
            }
            fleet.run(MINUTE);
            if (random.nextInt(10) == 0) {
                PeerSeed gone = published.get(random.nextInt(published.size()));
                gone.author().revoke(gone.content().id());
            }
        }
        settle(fleet);

        assertAllHoldExactlyWhatIsActive(fleet, published);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void week_ofRetentionAndReseeds_leavesNothingBehindAndNothingOut(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 5, RATE);
        List<PeerSeed> published = new ArrayList<>();
        fleet.startAll(List.of());
        RandomGenerator random = fleet.time().random();
        int days = Simulation.pick(1, 2, 7);
        for (int quarter = 0; quarter < 4 * days; quarter++) {
            published.add(publish(fleet, MIB, List.of("4h", "1d", "2d", "0").get(random.nextInt(4))));
            PeerSeed again = published.get(random.nextInt(published.size()));
            if (random.nextBoolean()) {
                again.author().revoke(again.content().id());
            } else {
                again.author().publish(again.content(), "*", Retention.parse("8h"));
            }
            SimulatedNode away = fleet.node(1 + random.nextInt(4));
            away.crash();
            fleet.run(5 * HOUR);
            away.start(List.of());
            fleet.run(HOUR);
        }
        settle(fleet);

        assertAllHoldExactlyWhatIsActive(fleet, published);
    }

    /** Who published what. */
    private record PeerSeed(SimulatedNode author, ModelledContent content) {}

    private static PeerSeed publish(SimulatedFleet fleet, long size, String retention) {
        ModelledContent content = fleet.newContent(size);
        fleet.node(0).publish(content, "*", Retention.parse(retention));
        return new PeerSeed(fleet.node(0), content);
    }

    private static void settle(SimulatedFleet fleet) {
        fleet.nodes().stream().filter(node -> !node.isRunning()).forEach(node -> node.start(List.of()));
        fleet.run(3 * MINUTE);
    }

    private static void assertAllHoldExactlyWhatIsActive(SimulatedFleet fleet, List<PeerSeed> published) {
        SimulatedNode first = fleet.node(0);
        for (PeerSeed seed : published) {
            BlobView view = first.machine().manifest().blob(seed.content().id());
            Set<Boolean> held = new HashSet<>();
            fleet.nodes()
                    .forEach(node ->
                            held.add(node.machine().isComplete(seed.content().id())));
            boolean active = view != null && view.isActive();
            assertThat(held).as("%s is %s", seed.content().id(), view).containsExactly(active);
            assertThat(fleet.nodes())
                    .allSatisfy(node -> assertThat(node.machine().manifestDigest())
                            .isEqualTo(first.machine().manifestDigest()));
        }
        assertThat(fleet.nodes()).allMatch(node -> node.transfers().isEmpty());
    }
}
