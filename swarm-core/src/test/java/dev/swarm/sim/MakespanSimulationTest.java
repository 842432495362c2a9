package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long one blob takes from one seeder to all, against the least that any schedule takes. */
@Tag("simulation")
class MakespanSimulationTest {

    private static final long SEED = Long.getLong("swarm.seed", 20_261_121L);
    private static final long RATE = 25_000_000;
    private static final long MIB = 1 << 20;

    record Load(int receivers, long bytes, double mostRatio, double mostCopies) {}

    /**
     * Ten mebibytes are gone from the seeder in half a second: what they take longer is the way of the last leaf through a fleet in
     * which nobody knows everybody.
     */
    static List<Load> loads() {
        List<Load> few = List.of(new Load(7, 256 * MIB, 1.10, 1.05), new Load(7, 10 * MIB, 1.35, 1.05));
        List<Load> many = Simulation.pick(
                List.of(new Load(49, 32 * MIB, 1.5, 1.05)),
                List.of(new Load(49, 32 * MIB, 1.5, 1.05)),
                List.of(
                        new Load(49, 256 * MIB, 1.10, 1.05),
                        new Load(199, 128 * MIB, 1.25, 1.05),
                        new Load(999, 10 * MIB, 2.2, 1.15)));
        return Stream.concat(few.stream(), many.stream()).toList();
    }

    @ParameterizedTest
    @MethodSource("loads")
    void publish_equalLinks_takesLittleLongerThanAnyScheduleMust(Load load) {
        int nodes = load.receivers + 1;
        SimulatedFleet fleet = new SimulatedFleet(SEED, nodes, RATE);
        fleet.startAll(List.of());
        // A segment's datagrams are few however many nodes share it: a thousand nodes have heard of each other after
        // minutes.
        fleet.run(nodes > 500 ? 300 : 30);
        ModelledContent content = fleet.newContent(load.bytes);
        SimulatedNode seeder = fleet.node(0);
        long sentBefore = fleet.network().sentBytes(seeder.address());
        long start = fleet.time().now();
        seeder.publish(content, "*");
        List<SimulatedNode> receivers = fleet.nodes().subList(1, nodes);
        assertThat(fleet.runUntil(() -> receivers.stream().allMatch(node -> node.completedAt(content.id()) > 0), 600))
                .isTrue();

        long[] times = receivers.stream()
                .mapToLong(node -> node.completedAt(content.id()) - start)
                .sorted()
                .toArray();
        double last = times[times.length - 1] / 1e9;
        double units = content.layout().leafCount();
        double bound = load.bytes / (double) RATE * (1 + Math.floor(Math.log(nodes) / Math.log(2)) / units);
        double ratio = last / bound;
        double copies = (fleet.network().sentBytes(seeder.address()) - sentBefore) / (double) load.bytes;
        long fetched =
                receivers.stream().mapToLong(SimulatedNode::leavesFetched).sum();
        double twice = fetched / (units * load.receivers) - 1;
        System.out.printf(
                Locale.ROOT,
                "%d receivers, %d MiB: %.2f s, %.3f times the bound; first %.3f, median %.3f of the last; seeder sent %.3f copies,"
                        + " %.2f %% came twice%n",
                load.receivers,
                load.bytes / MIB,
                last,
                ratio,
                times[0] / 1e9 / last,
                times[times.length / 2] / 1e9 / last,
                copies,
                twice * 100);
        assertThat(ratio).isLessThanOrEqualTo(load.mostRatio);
        assertThat(copies).isLessThanOrEqualTo(load.mostCopies);
        assertThat(twice).isLessThanOrEqualTo(0.005);
    }

    @ParameterizedTest
    @ValueSource(longs = {8, 64})
    void publish_oneNodeAtOnePercentOfTheRate_doesNotHoldUpTheOthers(long mebibytes) {
        SimulatedFleet fleet = new SimulatedFleet(SEED, 10, RATE);
        SimulatedNode slow = fleet.node(4);
        fleet.network().attach(slow.address(), RATE / 100);
        fleet.startAll(List.of());
        fleet.run(30);
        ModelledContent content = fleet.newContent(mebibytes * MIB);
        long start = fleet.time().now();
        fleet.node(0).publish(content, "*");
        List<SimulatedNode> others = fleet.nodes().subList(1, 10).stream()
                .filter(node -> node != slow)
                .toList();
        assertThat(fleet.runUntil(() -> others.stream().allMatch(node -> node.completedAt(content.id()) > 0), 600))
                .isTrue();
        double ratio = (fleet.time().now() - start) / 1e9 / (content.layout().size() / (double) RATE);
        boolean slowOne = fleet.runUntil(() -> slow.completedAt(content.id()) > 0, 2_000);
        double slowRatio =
                (fleet.time().now() - start) / 1e9 / (content.layout().size() / (double) RATE * 100);
        System.out.printf(
                Locale.ROOT,
                "9 receivers, one of them slow, %d MiB: the others after %.2f times the bound, the slow one after %.2f times its own%n",
                mebibytes,
                ratio,
                slowRatio);
        assertThat(slowOne).isTrue();
        assertThat(ratio).isLessThanOrEqualTo(mebibytes < 32 ? 2 : 1.15);
        assertThat(slowRatio).isLessThanOrEqualTo(1.3);
    }

    @Test
    void publish_aFifthOfTheNodesServeGarbage_costsLittleAndLiarsAreLeftAlone() {
        double clean = secondsAmongHonest(0);
        int liars = 2;
        SimulatedFleet fleet = new SimulatedFleet(SEED, 10, RATE);
        double seconds = secondsAmongHonest(fleet, liars);

        List<SimulatedNode> honest = fleet.nodes().subList(0, 10 - liars);
        long wasted = honest.stream().mapToLong(SimulatedNode::leavesRejected).sum();
        long bans = honest.stream()
                .flatMap(node -> node.machine().peers().peers(fleet.time().now()).stream())
                .filter(peer -> peer.trust() < 0)
                .count();
        System.out.printf(
                Locale.ROOT,
                "9 receivers, 2 of 10 nodes lie: %.2f s instead of %.2f, %.3f times the clean time; %d leaves wasted, %d bans%n",
                seconds,
                clean,
                seconds / clean,
                wasted,
                bans);
        assertThat(seconds / clean).isLessThanOrEqualTo(1.25);
        assertThat(bans).isPositive();
        // A node is done with a liar after three lies; what of a fourth is on its way by then comes in.
        assertThat(wasted).isLessThanOrEqualTo((long) liars * honest.size() * (PeerMap.MAX_FALSE_LEAVES + 4));
    }

    private static double secondsAmongHonest(int liars) {
        return secondsAmongHonest(new SimulatedFleet(SEED, 10, RATE), liars);
    }

    private static double secondsAmongHonest(SimulatedFleet fleet, int liars) {
        fleet.startAll(List.of());
        fleet.run(30);
        List<SimulatedNode> nodes = fleet.nodes();
        nodes.subList(10 - liars, 10).forEach(SimulatedNode::becomeLiar);
        ModelledContent content = fleet.newContent(128 * MIB);
        long start = fleet.time().now();
        nodes.get(0).publish(content, "*");
        assertThat(fleet.runUntil(
                        () -> nodes.subList(1, 10 - liars).stream()
                                .allMatch(node -> node.completedAt(content.id()) > 0),
                        600))
                .isTrue();
        return (fleet.time().now() - start) / 1e9;
    }
}
