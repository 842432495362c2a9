package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.Announcement;
import dev.swarm.peer.DialPolicy;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What is remembered of who says that it has a blob. */
class ClaimsTest {

    private static final FleetId FLEET = new FleetId("5a".repeat(32));
    private static final PeerId AUTHOR = new PeerId("author");
    private static final PeerAddress PEER = PeerAddress.parse("10.0.0.2:1531");
    private static final BlobId BLOB = new BlobId(1, 2, 3, 4);
    private static final Moment NOW = new Moment(1, 1_700_000_000_000L);

    private final NodeEffects effects = Scripted.of(NodeEffects.class, (method, given) -> null);
    private final NodeMachine machine = new NodeMachine(
            new NodeRules(
                    new PeerId("me"),
                    FLEET.tag(),
                    1531,
                    Duration.ofSeconds(5),
                    entry -> false,
                    entry -> false,
                    () -> false,
                    DialPolicy.of(false)),
            ManifestCrdt.create(ManifestPolicy.defaults()),
            PeerMap.create(new PeerId("me"), 100),
            effects,
            new SplittableRandom(1));

    @Test
    void heard_ofAnActiveBlob_isRememberedUntilItIsRevoked() throws Exception {
        merge(EntryState.ACTIVE, 0);
        hearHolder();
        assertThat(machine.peers().holders(BLOB, NOW.nanos())).containsExactly(PEER);

        merge(EntryState.REVOKED, 1);

        assertThat(machine.peers().holders(BLOB, NOW.nanos())).isEmpty();
    }

    @Test
    void heard_ofARevokedBlob_isNotRememberedForTheNextTime() throws Exception {
        merge(EntryState.ACTIVE, 0);
        merge(EntryState.REVOKED, 1);
        hearHolder();
        merge(EntryState.ACTIVE, 2);

        assertThat(machine.peers().holders(BLOB, NOW.nanos())).isEmpty();
    }

    private void hearHolder() {
        Announcement.Holding holding = new Announcement.Holding(BLOB, 1, 1);
        machine.heard(
                "eth0",
                PEER,
                new Announcement(FLEET.tag(), new PeerId("peer"), PEER, false, null, List.of(holding)),
                100,
                NOW);
        machine.advance(NOW);
    }

    private void merge(EntryState state, int counter) throws RefusedEntryException {
        ManifestEntry entry = ManifestEntry.builder()
                .blob(BLOB)
                .author(AUTHOR)
                .size(1)
                .root(TreeRoot.of(new byte[TreeRoot.BYTES]))
                .label(Label.of("app"))
                .target(TargetSpec.ALL)
                .state(state)
                .clock(HybridTimestamp.of(NOW.epochMillis(), counter))
                .build();
        VerifiedEntry verified = ModelledMembers.verifier(FLEET)
                .verify(ModelledMembers.signer(FLEET, AUTHOR).sign(entry));
        machine.merge(verified, NOW);
        machine.advance(NOW);
    }
}
