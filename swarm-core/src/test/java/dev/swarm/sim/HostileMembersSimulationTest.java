package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.Mischief;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.SignedEntry;
import dev.swarm.peer.PeerAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Members with wrong clocks and members that want to harm, among whole nodes that do not. */
@Tag("simulation")
class HostileMembersSimulationTest {

    private static final long RATE = 12_500_000;
    private static final int NODES = 60;
    private static final long TEN_YEARS_MILLIS = 10L * 365 * 86_400_000;
    private static final long MAX_AHEAD_MILLIS = 60_000;
    private static final EntryVerifier VERIFIER = ModelledMembers.verifier(SimulatedFleet.FLEET);

    static LongStream seeds() {
        return Simulation.seeds(2, 20, 200);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void clocks_everyTenthIsTenYearsOff_othersAgreeAndKeepTheirTime(long seed) {
        SimulatedFleet fleet = fleet(seed);
        List<SimulatedNode> right = new ArrayList<>();
        List<SimulatedNode> behind = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            SimulatedNode node = fleet.node(i);
            if (i % 10 == 3) {
                boolean ahead = i % 20 == 3;
                node.setClock(ahead ? TEN_YEARS_MILLIS : -TEN_YEARS_MILLIS);
                if (!ahead) {
                    behind.add(node);
                }
            } else {
                right.add(node);
            }
        }
        start(fleet);
        for (int round = 0; round < 3; round++) {
            fleet.nodes().forEach(node -> node.publishMany(fleet, 2));
            fleet.run(60);
        }

        assertThat(digests(right)).as("states of nodes whose clocks are right").hasSize(1);
        assertThat(right)
                .allSatisfy(node -> assertThat(node.manifestClockAheadMillis()).isLessThanOrEqualTo(MAX_AHEAD_MILLIS));
        ManifestCrdt manifest = right.get(0).machine().manifest();
        for (SimulatedNode node : right) {
            long own = manifest.entries().stream()
                    .filter(entry -> entry.entry().author().equals(node.id()))
                    .count();
            assertThat(own).as("entries of %s", node.id()).isEqualTo(6);
        }

        behind.forEach(node -> node.setClock(0));
        fleet.run(120);
        assertThat(behind)
                .allSatisfy(node -> assertThat(node.machine().manifestDigest()).isEqualTo(manifest.digest()));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void members_threeOfTenAreFalse_nothingUnsignedIsTakenAndTheOthersAgree(long seed) {
        SimulatedFleet fleet = fleet(seed);
        List<SimulatedNode> honest = new ArrayList<>();
        List<Mischief> malice = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            SimulatedNode node = fleet.node(i);
            if (i % 10 >= 7) {
                Mischief mischief = new Mischief(
                        SimulatedFleet.FLEET,
                        node.id(),
                        fleet.node(0).id(),
                        SimulatedNode.EPOCH_MILLIS,
                        fleet.time().random());
                malice.add(mischief);
                node.become(mischief);
            } else {
                honest.add(node);
            }
        }
        start(fleet);
        for (int round = 0; round < 5; round++) {
            honest.forEach(node -> node.publishMany(fleet, 2));
            fleet.run(60);
        }
        assertThat(honest).allSatisfy(HostileMembersSimulationTest::holdsOnlyWhatIsSigned);
        malice.forEach(Mischief::end);
        fleet.run(120);

        assertThat(honest).allSatisfy(HostileMembersSimulationTest::holdsOnlyWhatIsSigned);
        assertThat(digests(honest)).as("states of honest nodes").hasSize(1);
        assertThat(honest.stream().mapToInt(SimulatedNode::forgeriesSeen).sum())
                .as("forgeries that were tried")
                .isGreaterThan(10);
    }

    private static void holdsOnlyWhatIsSigned(SimulatedNode node) {
        for (SignedEntry entry : node.machine().manifest().entries()) {
            assertThatCode(() -> VERIFIER.verify(entry))
                    .as("%s at %s", entry, node.id())
                    .doesNotThrowAnyException();
        }
    }

    private static Set<Fingerprint> digests(List<SimulatedNode> nodes) {
        return nodes.stream().map(node -> node.machine().manifestDigest()).collect(Collectors.toSet());
    }

    private static SimulatedFleet fleet(long seed) {
        SimulatedFleet fleet = new SimulatedFleet(seed, NODES, RATE);
        fleet.withoutMulticast();
        fleet.network().spreadLatency(20_000_000);
        return fleet;
    }

    private static void start(SimulatedFleet fleet) {
        List<SimulatedNode> nodes = fleet.nodes();
        for (SimulatedNode node : nodes) {
            List<PeerAddress> known = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                known.add(nodes.get(fleet.time().random().nextInt(NODES)).address());
            }
            known.remove(node.address());
            node.start(known);
        }
        fleet.run(30);
    }
}
