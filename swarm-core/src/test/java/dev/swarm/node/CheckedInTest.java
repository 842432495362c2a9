package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import dev.swarm.peer.PeerView;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckedInTest {

    private static final PeerAddress COORDINATOR = PeerAddress.parse("10.0.9.9:1531");
    private static final PeerAddress OWN = PeerAddress.parse("10.0.0.1:1531");
    private static final Fingerprint STRANGE = new Fingerprint(7, 7);

    private final PeerMap peers = PeerMap.create(new PeerId("self"), 100);
    private final Set<PeerAddress> asked = new LinkedHashSet<>();
    private final NodeMachine machine = new NodeMachine(
            Scripted.rules(new PeerId("self"), "tag"),
            ManifestCrdt.create(ManifestPolicy.builder().build()),
            peers,
            effects(),
            new Random(3));

    private NodeEffects effects() {
        return Scripted.of(NodeEffects.class, (method, given) -> {
            if (method.equals("watch")) {
                asked.add((PeerAddress) given[0]);
            }
            return null;
        });
    }

    @BeforeEach
    void fillTheNeighbourhood() {
        machine.located(Map.of(), Set.of(OWN), at(0));
        for (int i = 1; i <= 20; i++) {
            machine.suggested(PeerAddress.parse("10.0.1." + i + ":1531"), at(0));
        }
        machine.advance(at(0));
        assertThat(asked).hasSize(Neighbourhood.SOUGHT);
    }

    @Test
    void checkedIn_digestIsStrange_asksTheCoordinatorSoon() {
        machine.checkedIn(COORDINATOR, STRANGE, List.of(), Map.of(), at(1));
        machine.advance(at(1));
        assertThat(asked).doesNotContain(COORDINATOR);

        machine.advance(at(3_100));

        assertThat(asked).contains(COORDINATOR);
    }

    @Test
    void checkedIn_digestIsOurs_leavesTheCoordinatorAlone() {
        machine.checkedIn(COORDINATOR, machine.manifestDigest(), List.of(), Map.of(), at(1));
        machine.advance(at(3_100));

        assertThat(asked).doesNotContain(COORDINATOR).hasSize(Neighbourhood.SOUGHT);
    }

    @Test
    void checkedIn_hints_areTakenForOtherSubnetsAndNotForSpecialAddresses() {
        machine.checkedIn(
                COORDINATOR,
                machine.manifestDigest(),
                List.of(
                        PeerAddress.parse("192.168.77.5:1531"),
                        PeerAddress.parse("127.0.0.1:1531"),
                        PeerAddress.parse("169.254.169.254:1531"),
                        PeerAddress.parse("10.0.2.1:80"),
                        OWN),
                Map.of(new BlobId(1, 1, 1, 1), List.of(PeerAddress.parse("172.16.3.4:1531"), OWN)),
                at(1));

        assertThat(peers.peers(at(1).nanos()))
                .extracting(PeerView::address)
                .contains(COORDINATOR, PeerAddress.parse("192.168.77.5:1531"), PeerAddress.parse("172.16.3.4:1531"))
                .hasSize(23)
                .doesNotContain(OWN);
    }

    private static Moment at(long millis) {
        return new Moment(millis * 1_000_000, 1_700_000_000_000L + millis);
    }
}
