package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.Label;
import dev.swarm.blob.LeafSet;
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
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a node makes of a blob of which two members say different things. */
class ContestedBlobTest {

    private static final long EPOCH_MILLIS = 1_700_000_000_000L;
    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;
    private static final FleetId FLEET = new FleetId("5a".repeat(32));
    private static final PeerId RECEIVER = new PeerId("receiver");
    private static final PeerId SEEDER = new PeerId("seeder");
    private static final PeerAddress ADDRESS = PeerAddress.parse("10.1.0.1:1531");

    private final BlobCache.Seeded large = hash(3 * BlobLayout.LEAF_BYTES, 1);
    private final BlobCache.Seeded small = hash(100, 1);
    private final List<Long> questions = new ArrayList<>();
    /** The roots of which the leaf hashes were asked for, each time that it was another than before. */
    private final List<Object> rootsAsked = new ArrayList<>();

    private final List<Object> banned = new ArrayList<>();
    private final NodeMachine machine = new NodeMachine(
            Scripted.rules(RECEIVER, FLEET.tag()),
            ManifestCrdt.create(ManifestPolicy.builder().build()),
            PeerMap.create(RECEIVER, PeerMap.DEFAULT_MAX_PEERS),
            effects(),
            new Random(1));
    private long nanos = MILLI;

    private NodeEffects effects() {
        return Scripted.of(NodeEffects.class, (method, given) -> {
            switch (method) {
                case "watch" -> questions.add((Long) given[1]);
                case "fetchTree" -> noteRoot(given[3]);
                case "banned" -> banned.add(given[0]);
                default -> {}
            }
            return null;
        });
    }

    private void noteRoot(Object root) {
        if (rootsAsked.isEmpty() || !rootsAsked.get(rootsAsked.size() - 1).equals(root)) {
            rootsAsked.add(root);
        }
    }

    @Test
    void leafRejected_ofABlobThatIsContested_isNobodysFault() throws RefusedEntryException {
        start(small, claim("liar", small, small.layout().size(), 2));
        for (int i = 0; i < 2 * PeerMap.MAX_FALSE_LEAVES; i++) {
            machine.leafRejected(small.id(), 1, 0, ADDRESS, now());
        }
        assertThat(banned).isEmpty();

        machine.shapeIsFalse(small.id());
        machine.advance(now());
        for (int i = 0; i < PeerMap.MAX_FALSE_LEAVES; i++) {
            machine.leafRejected(small.id(), 1, 0, ADDRESS, now());
        }
        assertThat(banned).as("once one of the two is out").containsExactly(ADDRESS);
    }

    @Test
    void leafRejected_ofABlobOfOneShape_bansAfterTheThird() throws RefusedEntryException {
        start(small, claim("other", small, small.layout().size(), 1));
        for (int i = 0; i < PeerMap.MAX_FALSE_LEAVES; i++) {
            assertThat(banned).isEmpty();
            machine.leafRejected(small.id(), 1, 0, ADDRESS, now());
        }

        assertThat(banned).containsExactly(ADDRESS);
    }

    @Test
    void advance_nobodyGivesTheLeafHashesOfTheNewest_asksForThoseOfTheOtherAndSoOnInTurn()
            throws RefusedEntryException {
        BlobCache.Seeded other = hash(3 * BlobLayout.LEAF_BYTES, 2);
        start(large, claim("liar", large, large.layout().size(), 2));
        for (int i = 0; i < 50; i++) {
            step();
        }

        assertThat(rootsAsked)
                .startsWith(
                        other.tree().root(), large.tree().root(), other.tree().root());
    }

    @Test
    void advance_saidToBeOfNoLeaf_isFetchedByTheOtherAtOnce() throws RefusedEntryException {
        start(large, claim("liar", large, 0, 2));
        step();

        assertThat(rootsAsked).containsOnly(large.tree().root());
    }

    /** Has the node hear of a blob of the seeder's and of what somebody else says of it, and that the seeder has it. */
    private void start(BlobCache.Seeded blob, VerifiedEntry claim) throws RefusedEntryException {
        machine.suggested(ADDRESS, now());
        machine.merge(List.of(claim("seeder", blob, blob.layout().size(), 1), claim), now());
        machine.advance(now());
        step();
        Watch.Share all = Watch.Share.of(blob.id(), LeafSet.all(blob.layout().leafCount()));
        answer(all);
        step();
        answer(all);
        step();
    }

    private void answer(Watch.Share share) {
        for (Long question : List.copyOf(questions)) {
            machine.watchAnswered(
                    question,
                    SEEDER,
                    new Watch.Reply(
                            new Fingerprint(0, 0), 0, 0, EPOCH_MILLIS, SyncFrame.FINISHED, List.of(share), List.of()),
                    List.of(),
                    now());
        }
        questions.clear();
    }

    /** A second passes, in which the seeder says what it has and gives no leaf hashes. */
    private void step() {
        nanos += SECOND;
        machine.advance(now());
        answer(Watch.Share.of(large.id(), LeafSet.all(large.layout().leafCount())));
        machine.treeFailed(ADDRESS, large.id());
        machine.advance(now());
    }

    private Moment now() {
        return new Moment(nanos, EPOCH_MILLIS + nanos / MILLI);
    }

    private static BlobCache.Seeded hash(int bytes, int content) {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.allocate(bytes).putInt(0, content));
        return hasher.finish();
    }

    /** What a member says of a blob: the later the higher the content's number, with the root of that content. */
    private static VerifiedEntry claim(String author, BlobCache.Seeded blob, long size, int content)
            throws RefusedEntryException {
        TreeRoot root = hash((int) blob.layout().size(), content).tree().root();
        ManifestEntry entry = ManifestEntry.builder()
                .blob(blob.id())
                .author(new PeerId(author))
                .size(size)
                .root(root)
                .label(Label.of("label"))
                .target(TargetSpec.ALL)
                .clock(HybridTimestamp.of(EPOCH_MILLIS, content))
                .build();
        return ModelledMembers.verifier(FLEET)
                .verify(ModelledMembers.signer(FLEET, entry.author()).sign(entry));
    }
}
