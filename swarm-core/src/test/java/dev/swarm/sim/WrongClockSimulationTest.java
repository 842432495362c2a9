package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.EntrySigner;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.Role;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is published while a clock is ahead, and what becomes of it once the clock is right. */
@Tag("simulation")
class WrongClockSimulationTest {

    private static final int NODES = 6;
    private static final long MIB = 1 << 20;
    private static final long TWO_HOURS_MILLIS = 7_200_000;
    private static final long CYCLE_NANOS = 5_000_000_000L;

    static LongStream seeds() {
        return Simulation.seeds(2, 10, 50);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void publishedAloneWithAClockThatIsAhead_arrivesAndCanBeEndedOnceTheClockIsRight(long seed) {
        SimulatedFleet fleet = started(seed);
        SimulatedNode author = fleet.node(5);
        ModelledContent first = fleet.newContent(MIB);
        ModelledContent second = fleet.newContent(MIB);
        publishAlone(fleet, author, first, second);
        author.setClock(0);
        fleet.network().cut(author.address(), false);
        fleet.run(180);
        assertThat(fleet.isEverywhere(first)).isTrue();
        assertThat(digests(fleet)).hasSize(1);

        fleet.node(0).revoke(first.id());
        author.revoke(second.id());
        fleet.run(60);

        assertThat(fleet.nodes()).noneMatch(node -> isActive(node, first) || isActive(node, second));
        assertThat(fleet.nodes()).allMatch(node -> node.held(first.id()) == 0 && node.held(second.id()) == 0);
        assertThat(digests(fleet)).hasSize(1);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void endedByAnOperatorBeforeTheClockWasRight_doesNotComeBack(long seed) {
        SimulatedFleet fleet = started(seed);
        SimulatedNode author = fleet.node(5);
        ModelledContent content = fleet.newContent(MIB);
        publishAlone(fleet, author, content);
        fleet.node(1).publish(content, "*");
        fleet.run(10);
        fleet.node(0).revoke(content.id());
        fleet.run(10);
        author.setClock(0);
        fleet.network().cut(author.address(), false);
        fleet.run(180);

        assertThat(fleet.nodes()).noneMatch(node -> isActive(node, content));
        assertThat(digests(fleet)).hasSize(1);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aWholeFleetWasAheadAndOneNodeIsOffWhenItIsSetRight_allComeToTheSame(long seed) {
        SimulatedFleet fleet = started(seed);
        fleet.nodes().forEach(node -> node.setClock(TWO_HOURS_MILLIS));
        List<ModelledContent> contents = List.of(fleet.newContent(MIB), fleet.newContent(MIB), fleet.newContent(MIB));
        fleet.node(1).publish(contents.get(0), "*");
        fleet.node(2).publish(contents.get(1), "*");
        fleet.node(3).publish(contents.get(2), "*");
        fleet.run(30);
        fleet.node(2).revoke(contents.get(1).id());
        fleet.run(30);
        fleet.node(4).crash();
        fleet.nodes().forEach(node -> node.setClock(0));
        fleet.run(120);
        fleet.node(3).revoke(contents.get(2).id());
        fleet.node(4).start(List.of(fleet.node(0).address()));
        fleet.run(180);

        assertThat(digests(fleet)).hasSize(1);
        assertThat(fleet.nodes())
                .allMatch(node -> isActive(node, contents.get(0)))
                .noneMatch(node -> isActive(node, contents.get(1)) || isActive(node, contents.get(2)));
        assertThat(fleet.nodes())
                .allSatisfy(node -> assertThat(node.machine().manifest().entries())
                        .hasSize(3)
                        .allMatch(entry -> entry.entry().clock().epochMillis()
                                <= node.now().epochMillis()));
    }

    private static void publishAlone(SimulatedFleet fleet, SimulatedNode author, ModelledContent... contents) {
        fleet.network().cut(author.address(), true);
        author.crash();
        author.setClock(TWO_HOURS_MILLIS);
        author.start(List.of(fleet.node(0).address()));
        for (ModelledContent content : contents) {
            author.publish(content, "*");
        }
        fleet.run(10);
    }

    private static boolean isActive(SimulatedNode node, ModelledContent content) {
        return node.machine().manifest().blob(content.id()).isActive();
    }

    private static Set<Fingerprint> digests(SimulatedFleet fleet) {
        return fleet.nodes().stream()
                .map(node -> node.machine().manifestDigest())
                .collect(Collectors.toSet());
    }

    private static SimulatedFleet started(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, NODES, 25_000_000, new SimulatedWorld() {
            @Override
            EntrySigner signer(PeerId host) {
                return host.host().equals("node-0")
                        ? ModelledMembers.signer(FLEET, host, Role.OPERATOR)
                        : super.signer(host);
            }
        });
        fleet.startAll(List.of());
        fleet.time().after(CYCLE_NANOS, () -> cycle(fleet));
        fleet.run(2);
        return fleet;
    }

    private static void cycle(SimulatedFleet fleet) {
        fleet.nodes().stream().filter(SimulatedNode::isRunning).forEach(SimulatedNode::dateAnew);
        fleet.time().after(CYCLE_NANOS, () -> cycle(fleet));
    }
}
