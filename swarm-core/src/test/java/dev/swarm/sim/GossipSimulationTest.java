package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.crdt.Fingerprint;
import dev.swarm.peer.PeerAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How news of the manifest spreads among whole nodes. {@link Simulation} says how large a fleet is. */
@Tag("simulation")
class GossipSimulationTest {

    private static final long SEED = Long.getLong("swarm.seed", 20_261_121L);
    private static final long RATE = 12_500_000;
    private static final int BURST = 100;
    private static final int KNOWN_AT_START = 30;
    private static final double SETTLING_SECONDS = 60;
    private static final double SLICE_SECONDS = 0.05;
    private static final long MOST_CONVERGING_NANOS = 60_000_000_000L;

    @Test
    void update_thirtyPercentOfMessagesLost_reachesAllWithinSeconds() {
        int nodes = Simulation.pick(400, 2_000, 10_000);
        SimulatedFleet fleet = fleet(nodes, 0.3);
        int updates = 5;
        List<Spread> spreads = new ArrayList<>();
        for (int update = 0; update < updates; update++) {
            spreads.add(spreadOneUpdate(fleet, fleet.node(update * 37 % nodes)));
        }

        spreads.forEach(spread -> System.out.printf(
                Locale.ROOT,
                "%d nodes, 30 %% loss: 99.9 %% after %.2f s, all after %.2f s; a node sends %.1f messages"
                        + " and %.1f KiB, at most %d and %.1f KiB%n",
                nodes,
                spread.most,
                spread.all,
                spread.messages,
                spread.kib,
                spread.mostMessages,
                spread.mostKib));
        assertThat(spreads).allSatisfy(spread -> {
            assertThat(spread.most).as("seconds to 99.9 %%").isLessThanOrEqualTo(2.5);
            assertThat(spread.all).as("seconds to all").isLessThanOrEqualTo(5);
            assertThat(spread.messages).as("messages").isLessThanOrEqualTo(25);
            assertThat(spread.kib).as("KiB").isLessThanOrEqualTo(12);
        });
    }

    @Test
    void idle_fleet_nodeSendsAtMostTwoHundredBytesASecond() {
        int nodes = Simulation.pick(400, 2_000, 10_000);
        SimulatedFleet fleet = fleet(nodes, 0);
        long before = sent(fleet);
        fleet.run(120);

        double perNode = (sent(fleet) - before) / 120.0 / nodes;
        System.out.printf(Locale.ROOT, "%d idle nodes: %.0f bytes a second from each%n", nodes, perNode);
        assertThat(perNode).isBetween(20.0, 200.0);
    }

    /** How many nodes with how many entries, each of which every node keeps for itself, after how long apart. */
    record Partition(int nodes, int entries, double hours) {}

    /** Every node keeps its own entries, 450 bytes each, so that many nodes and many entries take one run each. */
    static List<Partition> partitions() {
        return List.of(
                Simulation.pick(
                        new Partition(40, 1_000, 1), new Partition(100, 4_000, 4), new Partition(200, 10_000, 24)),
                Simulation.pick(
                        new Partition(200, 200, 0.25),
                        new Partition(1_000, 400, 0.5),
                        new Partition(10_000, 1_000, 0.5)));
    }

    @ParameterizedTest
    @MethodSource("partitions")
    void partition_healed_convergesWithinThirtySecondsAtTwiceTheDifference(Partition apart) {
        SimulatedFleet fleet = fleet(apart.nodes, 0);
        List<SimulatedNode> all = fleet.nodes();
        List<List<SimulatedNode>> halves = List.of(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < all.size(); i++) {
            halves.get(i % 2).add(all.get(i));
            fleet.network().moveToGroup(all.get(i).address(), i % 2);
        }
        int bursts = apart.entries / BURST;
        long difference = 0;
        for (int burst = 0; burst < bursts; burst++) {
            difference += all.get(burst * 7 % apart.nodes).publishMany(fleet, BURST);
            fleet.run(apart.hours * 3_600 / bursts);
        }
        assertThat(halves).allSatisfy(half -> assertThat(digests(half)).hasSize(1));
        assertThat(digests(all)).hasSize(2);

        long before = received(fleet);
        long start = fleet.time().now();
        all.forEach(node -> fleet.network().moveToGroup(node.address(), 0));
        while (digests(all).size() > 1 && fleet.time().now() - start < MOST_CONVERGING_NANOS) {
            fleet.run(SLICE_SECONDS);
        }

        double seconds = (fleet.time().now() - start) / 1e9;
        double ratio = (received(fleet) - before) / (difference / 2.0 * apart.nodes);
        System.out.printf(
                Locale.ROOT,
                "%d nodes, %d entries apart after %.1f hours: one after %.2f s, with %.2f times the bytes of what each half lacked%n",
                apart.nodes,
                apart.entries,
                apart.hours,
                seconds,
                ratio);
        assertThat(digests(all)).hasSize(1);
        assertThat(all.get(0).machine().manifest().entries()).hasSize(apart.entries);
        assertThat(seconds).isLessThanOrEqualTo(30);
        assertThat(ratio).isLessThanOrEqualTo(2);
    }

    private static Set<Fingerprint> digests(List<SimulatedNode> nodes) {
        return nodes.stream().map(node -> node.machine().manifestDigest()).collect(Collectors.toSet());
    }

    private static long received(SimulatedFleet fleet) {
        return fleet.nodes().stream()
                .mapToLong(node -> fleet.network().receivedBytes(node.address()))
                .sum();
    }

    /** What became of one update. */
    private static final class Spread {
        private double most;
        private double all;
        private double messages;
        private double kib;
        private long mostMessages;
        private double mostKib;
    }

    private static Spread spreadOneUpdate(SimulatedFleet fleet, SimulatedNode author) {
        List<SimulatedNode> nodes = fleet.nodes();
        long[] messages = new long[nodes.size()];
        long[] bytes = new long[nodes.size()];
        for (int i = 0; i < nodes.size(); i++) {
            messages[i] = fleet.network().sentMessages(nodes.get(i).address());
            bytes[i] = fleet.network().sentBytes(nodes.get(i).address());
        }
        long start = fleet.time().now();
        ModelledContent content = fleet.newContent(1_000);
        author.publish(content, "nobody");
        fleet.run(10);

        Spread spread = new Spread();
        assertThat(nodes)
                .allSatisfy(node ->
                        assertThat(node.machine().manifest().blob(content.id())).isNotNull());
        long[] times = nodes.stream()
                .mapToLong(node -> node.changedAt() - start)
                .sorted()
                .toArray();
        spread.most = times[(int) Math.ceil(times.length * 0.999) - 1] / 1e9;
        spread.all = times[times.length - 1] / 1e9;
        for (int i = 0; i < nodes.size(); i++) {
            messages[i] = fleet.network().sentMessages(nodes.get(i).address()) - messages[i];
            bytes[i] = fleet.network().sentBytes(nodes.get(i).address()) - bytes[i];
        }
        spread.messages = Arrays.stream(messages).average().orElseThrow();
        spread.kib = Arrays.stream(bytes).average().orElseThrow() / 1024;
        spread.mostMessages = Arrays.stream(messages).max().orElseThrow();
        spread.mostKib = Arrays.stream(bytes).max().orElseThrow() / 1024.0;
        return spread;
    }

    /** Nodes without multicast, 5 to 40 ms apart, each of which knows some others, and time to settle. */
    private static SimulatedFleet fleet(int size, double loss) {
        SimulatedFleet fleet = new SimulatedFleet(SEED, size, RATE);
        fleet.withoutMulticast();
        fleet.network().spreadLatency(20_000_000);
        fleet.network().loseMessages(loss);
        List<SimulatedNode> nodes = fleet.nodes();
        for (SimulatedNode node : nodes) {
            List<PeerAddress> known = new ArrayList<>();
            for (int i = 0; i < KNOWN_AT_START; i++) {
                known.add(nodes.get(fleet.time().random().nextInt(size)).address());
            }
            known.remove(node.address());
            long start = fleet.time().random().nextLong(1_000_000_000L);
            fleet.time().after(start, () -> node.start(known));
        }
        fleet.run(SETTLING_SECONDS);
        return fleet;
    }

    private static long sent(SimulatedFleet fleet) {
        return fleet.nodes().stream()
                .mapToLong(node -> fleet.network().sentBytes(node.address()))
                .sum();
    }
}
