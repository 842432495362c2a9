package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.Label;
import dev.swarm.blob.LeafSet;
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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many peers a node that is receiving a blob tells what it has of it. */
class OffersTest {

    private static final int PEERS = 24;
    private static final long MILLI = 1_000_000L;
    private static final long EPOCH_MILLIS = 1_700_000_000_000L;
    private static final FleetId FLEET = new FleetId("5a".repeat(32));
    private static final PeerId SEEDER = new PeerId("seeder");
    private static final PeerAddress SEEDER_ADDRESS = PeerAddress.parse("10.1.0.1:1531");

    private final BlobCache.Seeded blob = twoLeaves();
    private final List<Long> asked = new ArrayList<>();

    /** What each peer was told last. */
    private final Map<Integer, Watch.Share> told = new HashMap<>();

    private NodeMachine machine;
    private long nanos = MILLI;

    @BeforeEach
    void start() throws RefusedEntryException {
        NodeRules rules = Scripted.rules(new PeerId("receiver"), FLEET.tag());
        machine = new NodeMachine(
                rules,
                ManifestCrdt.create(ManifestPolicy.defaults()),
                PeerMap.create(rules.self(), PeerMap.DEFAULT_MAX_PEERS),
                effects(),
                new Random(1));
        machine.suggested(SEEDER_ADDRESS, now());
        machine.merge(List.of(entry()), now());
        machine.advance(now());
        machine.watchAnswered(asked.get(0), SEEDER, allAtSeeder(), List.of(), now());
        nanos += 1_000 * MILLI;
        machine.advance(now());
        machine.treeAnswered(SEEDER_ADDRESS, blob.id(), blob.tree());
        LeafSet first = LeafSet.none(2);
        first.add(0);
        machine.opened(blob.id(), first, now());
    }

    @Test
    void news_firstSecondOfATransfer_isToldToAsManyAsANodeLooksFor() {
        everyoneAsks();
        machine.advance(now());

        assertThat(knowing()).isEqualTo(Offers.MAX_TOLD_AT_FIRST).isLessThan(PEERS);
    }

    @Test
    void news_afterTheFirstSecond_isToldToTheOthersThoughNothingElseHappens() {
        everyoneAsks();
        machine.advance(now());
        everyoneAsks();
        long end = nanos + Offers.AT_FIRST_NANOS;
        machine.advance(now());
        while (nanos < end) {
            nanos = Math.max(nanos + 1, Math.min(end, machine.wakeAt(now())));
            machine.advance(now());
        }

        assertThat(knowing()).isEqualTo(PEERS);
    }

    @Test
    void news_peerThatServedFalseLeaves_isToldOfNothing() {
        PeerAddress liar = PeerAddress.parse("10.1.0.2:1531");
        machine.suggested(liar, now());
        machine.advance(now());
        machine.watchAnswered(asked.get(asked.size() - 1), new PeerId("peer-0"), allAtSeeder(), List.of(), now());
        for (int i = 0; i < PeerMap.MAX_FALSE_LEAVES; i++) {
            machine.leafRejected(blob.id(), 99, 1, liar, now());
        }
        everyoneAsks();
        machine.advance(now());

        assertThat(told).containsKey(1);
        assertThat(told.get(1).version()).isEqualTo(2);
        assertThat(told.get(0)).satisfiesAnyOf(share -> assertThat(share).isNull(), share -> assertThat(share.version())
                .isEqualTo(1));
    }

    private long knowing() {
        return told.values().stream()
                .filter(share -> share.extent() == Watch.Extent.SOME && share.version() == 2)
                .count();
    }

    private void everyoneAsks() {
        for (int i = 0; i < PEERS; i++) {
            Watch.Share known = told.get(i);
            Watch.Question question = new Watch.Question(
                    1531,
                    true,
                    machine.manifestDigest(),
                    machine.manifestDigest(),
                    0,
                    List.of(new Watch.Want(blob.id(), known == null ? 0 : known.version())),
                    false);
            PeerAddress address = PeerAddress.parse("10.1.0." + (2 + i) + ":1531");
            machine.watchAsked(i, new PeerId("peer-" + i), address, question, now());
        }
    }

    private NodeEffects effects() {
        return Scripted.of(NodeEffects.class, (method, given) -> {
            switch (method) {
                case "watch" -> asked.add((Long) given[1]);
                case "answerWatch" -> answered((Long) given[0], (Watch.Reply) given[1]);
                default -> {}
            }
            return null;
        });
    }

    private void answered(long exchange, Watch.Reply reply) {
        reply.shares().forEach(share -> told.put((int) exchange, share));
    }

    private Watch.Reply allAtSeeder() {
        Watch.Share all = Watch.Share.of(blob.id(), LeafSet.all(2));
        return new Watch.Reply(new Fingerprint(0, 0), 0, 0, EPOCH_MILLIS, SyncFrame.FINISHED, List.of(all), List.of());
    }

    private Moment now() {
        return new Moment(nanos, EPOCH_MILLIS + nanos / MILLI);
    }

    private static BlobCache.Seeded twoLeaves() {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.allocate(2 * BlobLayout.LEAF_BYTES));
        return hasher.finish();
    }

    private VerifiedEntry entry() throws RefusedEntryException {
        ManifestEntry entry = ManifestEntry.builder()
                .blob(blob.id())
                .author(SEEDER)
                .size(blob.layout().size())
                .root(blob.tree().root())
                .label(Label.of("app.bin"))
                .target(TargetSpec.ALL)
                .clock(HybridTimestamp.of(EPOCH_MILLIS, 0))
                .build();
        return ModelledMembers.verifier(FLEET)
                .verify(ModelledMembers.signer(FLEET, SEEDER).sign(entry));
    }
}
