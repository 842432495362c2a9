package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.manifest.Retention;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How long blobs live: retention at both ends, re-seeds, the graveyard, edited targets. */
class LifecycleSimulationTest {

    private static final long RATE = 25_000_000;
    private static final long MIB = 1 << 20;
    private static final double MINUTE = 60;
    private static final Retention HOUR = Retention.parse("1h");

    static LongStream seeds() {
        return Simulation.seeds(2, 5, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void retention_over_endsForAllAndStaysEnded(long seed) {
        SimulatedFleet fleet = started(seed);
        ModelledContent content = fleet.newContent(8 * MIB);
        fleet.node(0).publish(content, "*", HOUR);
        fleet.run(59 * MINUTE);
        assertThat(fleet.isEverywhere(content)).isTrue();

        fleet.run(2 * MINUTE);
        assertThat(holders(fleet, content)).isEmpty();
        fleet.run(180 * MINUTE);
        assertThat(holders(fleet, content)).isEmpty();
        assertThat(fleet.nodes())
                .allMatch(node -> !node.machine().manifest().blob(content.id()).isActive());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void retention_overWhileItsAuthorIsGone_receiversLetGoAndDoNotFetchAgain(long seed) {
        SimulatedFleet fleet = started(seed);
        ModelledContent content = fleet.newContent(8 * MIB);
        fleet.node(0).publish(content, "*", HOUR);
        fleet.run(MINUTE);
        fleet.node(0).crash();
        fleet.run(62 * MINUTE);

        assertThat(holders(fleet, content)).containsExactly(fleet.node(0));
        fleet.node(0).start(List.of());
        fleet.run(MINUTE);
        assertThat(holders(fleet, content)).isEmpty();
        assertThat(fleet.nodes().subList(1, 6))
                .allMatch(node -> node.leavesFetched() == content.layout().leafCount());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void retention_renewed_countsAnew(long seed) {
        SimulatedFleet fleet = started(seed);
        ModelledContent content = fleet.newContent(8 * MIB);
        fleet.node(0).publish(content, "*", HOUR);
        fleet.run(30 * MINUTE);
        fleet.node(0).publish(content, "*", Retention.parse("3h"));

        fleet.run(170 * MINUTE);
        assertThat(fleet.isEverywhere(content)).isTrue();
        fleet.run(15 * MINUTE);
        assertThat(holders(fleet, content)).isEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void reseed_byAnotherNode_formerSeederHasItFromItsGraveyard(long seed) {
        SimulatedFleet fleet = started(seed);
        ModelledContent content = fleet.newContent(8 * MIB);
        fleet.node(0).publish(content, "*");
        fleet.run(MINUTE);
        fleet.node(0).revoke(content.id());
        fleet.run(MINUTE);
        assertThat(holders(fleet, content)).isEmpty();

        fleet.node(3).publish(content, "*");
        fleet.run(MINUTE);
        assertThat(fleet.isEverywhere(content)).isTrue();
        assertThat(fleet.node(0).leavesFetched()).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void target_editedInMidTransfer_isForNewAssignmentsOnly(long seed) {
        SimulatedFleet fleet = started(seed);
        ModelledContent content = fleet.newContent(128 * MIB);
        fleet.node(0).publish(content, "node-1,node-2");
        fleet.runUntil(() -> fleet.node(1).held(content.id()) > 200, 60);
        fleet.node(0).publish(content, "node-2,node-3");
        fleet.run(MINUTE);

        assertThat(holders(fleet, content)).containsExactly(fleet.node(0), fleet.node(1), fleet.node(2), fleet.node(3));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void clock_yearsAhead_endsNothing(long seed) {
        SimulatedFleet fleet = started(seed);
        ModelledContent content = fleet.newContent(8 * MIB);
        fleet.node(0).publish(content, "*");
        fleet.run(MINUTE);
        for (SimulatedNode wrong : List.of(fleet.node(0), fleet.node(3))) {
            wrong.crash();
            wrong.setClock(10L * 365 * 86_400_000);
            wrong.start(List.of());
        }
        fleet.run(5 * MINUTE);

        assertThat(fleet.isEverywhere(content)).isTrue();
        assertThat(fleet.nodes())
                .allMatch(node -> node.machine().manifest().blob(content.id()).isActive());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void clock_setTenDaysForwardOnARunningNode_endsNothing(long seed) {
        SimulatedFleet fleet = started(seed);
        ModelledContent content = fleet.newContent(8 * MIB);
        fleet.node(0).publish(content, "*");
        fleet.run(MINUTE);
        for (int episode = 0; episode < 20; episode++) {
            for (SimulatedNode wrong : List.of(fleet.node(0), fleet.node(3))) {
                wrong.setClock(10L * 86_400_000);
            }
            fleet.run(fleet.time().random().nextDouble(40));
            assertThat(fleet.isEverywhere(content)).isTrue();
            for (SimulatedNode right : List.of(fleet.node(0), fleet.node(3))) {
                right.setClock(0);
            }
            fleet.run(fleet.time().random().nextDouble(40));
        }

        assertThat(fleet.isEverywhere(content)).isTrue();
        assertThat(fleet.nodes())
                .allMatch(node -> node.machine().manifest().blob(content.id()).isActive());
    }

    private static SimulatedFleet started(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, 6, RATE);
        fleet.startAll(List.of());
        fleet.run(2);
        return fleet;
    }

    private static List<SimulatedNode> holders(SimulatedFleet fleet, ModelledContent content) {
        return fleet.nodes().stream()
                .filter(node -> node.held(content.id()) > 0)
                .toList();
    }
}
