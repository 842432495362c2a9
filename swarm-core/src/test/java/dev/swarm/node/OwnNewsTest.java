package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whom a node tells of an entry of its own, other than those that wait for news here. */
class OwnNewsTest {

    private static final int NEIGHBOURS = 4;
    private static final long EPOCH_MILLIS = 1_700_000_000_000L;
    private static final FleetId FLEET = new FleetId("5a".repeat(32));
    private static final PeerId SELF = new PeerId("self");
    private static final Moment NOW = new Moment(1_000_000_000L, EPOCH_MILLIS);

    private final Map<Long, PeerAddress> asked = new LinkedHashMap<>();
    private final List<PeerAddress> compared = new ArrayList<>();
    private final NodeMachine machine = new NodeMachine(
            Scripted.rules(SELF, FLEET.tag()),
            ManifestCrdt.create(ManifestPolicy.defaults()),
            PeerMap.create(SELF, 100),
            effects(),
            new Random(1));

    private NodeEffects effects() {
        return Scripted.of(NodeEffects.class, (method, given) -> {
            switch (method) {
                case "watch" -> asked.put((Long) given[1], (PeerAddress) given[0]);
                case "sync" -> compared.add((PeerAddress) given[0]);
                default -> {}
            }
            return null;
        });
    }

    @BeforeEach
    void meetNeighbours() {
        for (int i = 0; i < NEIGHBOURS; i++) {
            machine.suggested(address(i), NOW);
        }
        machine.advance(NOW);
        Map.copyOf(asked).forEach((ask, address) -> {
            Watch.Reply reply = new Watch.Reply(
                    machine.manifestDigest(), 0, 0, EPOCH_MILLIS, SyncFrame.FINISHED, List.of(), List.of());
            machine.watchAnswered(ask, peer(address), reply, List.of(), NOW);
        });
        machine.advance(NOW);
        assertThat(compared).isEmpty();
    }

    private static PeerAddress address(int number) {
        return PeerAddress.parse("10.0.1." + (number + 1) + ":1531");
    }

    private static PeerId peer(PeerAddress address) {
        return new PeerId("at-" + address.toString().replace(':', '-'));
    }

    @Test
    void merge_ownEntryAndNobodyWaitsHere_comparesManifestsWithAFewNeighbours() throws RefusedEntryException {
        machine.merge(entry(SELF), NOW);
        machine.advance(NOW);

        assertThat(compared).hasSize(ParkedWatches.TOLD_AT_ONCE).doesNotHaveDuplicates();
    }

    @Test
    void merge_ownEntryAndEnoughNeighboursWaitHere_comparesWithNobody() throws RefusedEntryException {
        for (int i = 0; i < NEIGHBOURS - 1; i++) {
            waitHere(i);
        }
        machine.merge(entry(SELF), NOW);
        machine.advance(NOW);

        assertThat(compared).isEmpty();
    }

    @Test
    void merge_ownEntryWhileOneNeighbourIsBetweenTwoQuestions_countsIt() throws RefusedEntryException {
        for (int i = 0; i < NEIGHBOURS - 1; i++) {
            waitHere(i);
        }
        machine.watchHurried(0, NOW);
        machine.advance(NOW);
        machine.merge(entry(SELF), NOW);
        machine.advance(NOW);

        assertThat(compared).isEmpty();
    }

    @Test
    void merge_entryOfAnother_comparesWithNobody() throws RefusedEntryException {
        machine.merge(List.of(entry(new PeerId("other"))), NOW);
        machine.advance(NOW);

        assertThat(compared).isEmpty();
    }

    private void waitHere(int number) {
        Fingerprint known = machine.manifestDigest();
        Watch.Question question = new Watch.Question(1531, true, known, known, 0, List.of(), true);
        machine.watchAsked(number, peer(address(number)), address(number), question, NOW);
        machine.advance(NOW);
    }

    private static VerifiedEntry entry(PeerId author) throws RefusedEntryException {
        ManifestEntry entry = ManifestEntry.builder()
                .blob(new BlobId(1, 2, 3, 4))
                .author(author)
                .size(10)
                .root(TreeRoot.of(new byte[TreeRoot.BYTES]))
                .label(Label.of("app.bin"))
                .target(TargetSpec.parse("nobody"))
                .clock(HybridTimestamp.of(EPOCH_MILLIS, 0))
                .build();
        return ModelledMembers.verifier(FLEET)
                .verify(ModelledMembers.signer(FLEET, author).sign(entry));
    }
}
