package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node does about a blob that a look at the store found and that was evicted while the look went on. */
class EvictionTest {

    private static final long EPOCH_MILLIS = 1_700_000_000_000L;
    private static final FleetId FLEET = new FleetId("5a".repeat(32));
    private static final PeerId SELF = new PeerId("self");
    private static final Moment NOW = new Moment(1_000_000L, EPOCH_MILLIS);

    private final List<Object> evicted = new ArrayList<>();
    private final List<Object> buried = new ArrayList<>();
    private final List<Object> retired = new ArrayList<>();
    private final BlobCache.Seeded blob = hash();
    private NodeMachine machine;

    @BeforeEach
    void start() throws RefusedEntryException {
        machine = machineOver(ManifestCrdt.create(ManifestPolicy.builder().build()));
        machine.stored(blob.id(), NOW);
        machine.merge(List.of(entry(EntryState.ACTIVE, 0)), NOW);
        machine.advance(NOW);
    }

    private NodeMachine machineOver(ManifestCrdt manifest) {
        NodeEffects effects = Scripted.of(NodeEffects.class, (method, given) -> {
            if (method.equals("evict")) {
                evicted.add(given[0]);
                buried.add(given[1]);
            } else if (method.equals("retire")) {
                retired.add(given[0]);
            }
            return null;
        });
        return new NodeMachine(
                Scripted.rules(SELF, FLEET.tag()),
                manifest,
                PeerMap.create(SELF, PeerMap.DEFAULT_MAX_PEERS),
                effects,
                new Random(1));
    }

    @Test
    void storeHolds_blobEvictedSinceTheLookBegan_doesNotEvictItAgain() throws RefusedEntryException {
        machine.lookingAtStore();
        machine.merge(List.of(entry(EntryState.REVOKED, 1)), NOW);
        machine.advance(NOW);
        machine.storeHolds(found());
        machine.advance(NOW);

        assertThat(evicted).containsExactly(blob.id());
    }

    @Test
    void storeHolds_blobEvictedJustBeforeTheLook_doesNotEvictItAgain() throws RefusedEntryException {
        machine.merge(List.of(entry(EntryState.REVOKED, 1)), NOW);
        machine.advance(NOW);
        machine.lookingAtStore();
        machine.storeHolds(found());
        machine.advance(NOW);

        assertThat(evicted).containsExactly(blob.id());
    }

    @Test
    void storeHolds_evictedBlobStillThereTwoLooksLater_evictsItAgain() throws RefusedEntryException {
        machine.merge(List.of(entry(EntryState.REVOKED, 1)), NOW);
        machine.advance(NOW);
        machine.lookingAtStore();
        machine.storeHolds(found());
        machine.lookingAtStore();
        machine.storeHolds(found());
        machine.advance(NOW);

        assertThat(evicted).containsExactly(blob.id(), blob.id());
    }

    @Test
    void storeHolds_endedContentThatIsPlacedAgain_isLeftUntilASecondLookFindsItWithoutAnEntry()
            throws RefusedEntryException {
        machine.merge(List.of(entry(EntryState.REVOKED, 1)), NOW);
        machine.advance(NOW);
        look(Map.of());
        look(Map.of());
        evicted.clear();

        look(found());
        assertThat(evicted).isEmpty();
        look(Map.of());
        look(found());
        assertThat(evicted).as("found by two looks that are not in a row").isEmpty();
        look(found());

        assertThat(evicted).containsExactly(blob.id());
    }

    @Test
    void merge_revocationOfABlobThatVanished_deletesWhatIsLeftOfItOnce() throws RefusedEntryException {
        look(Map.of());
        machine.merge(List.of(entry(EntryState.REVOKED, 1)), NOW);
        machine.advance(NOW);
        machine.merge(List.of(entry(EntryState.REVOKED, 2)), NOW);
        machine.advance(NOW);

        assertThat(evicted).containsExactly(blob.id());
    }

    private void look(Map<BlobId, Long> found) {
        machine.lookingAtStore();
        machine.storeHolds(found);
        machine.advance(NOW);
    }

    @Test
    void storeHolds_firstLookFindsABlobWhoseEndWasPruned_movesItToTheGraveyard() throws RefusedEntryException {
        machine.merge(List.of(entry(EntryState.REVOKED, 1)), NOW);
        machine.advance(NOW);
        evicted.clear();
        buried.clear();
        machine.manifest().prune(EPOCH_MILLIS + 1_000, Duration.ZERO);
        assertThat(machine.manifest().isBuried(blob.id())).isTrue();
        NodeMachine restarted = machineOver(machine.manifest());

        restarted.storeHolds(found());
        restarted.advance(NOW);

        assertThat(evicted).containsExactly(blob.id());
        assertThat(buried).containsExactly(true);
        assertThat(restarted.isComplete(blob.id())).isFalse();
    }

    @Test
    void storeHolds_blobOfWhichNothingIsKnown_isLeftAlone() {
        NodeMachine fresh =
                machineOver(ManifestCrdt.create(ManifestPolicy.builder().build()));

        fresh.storeHolds(found());
        fresh.advance(NOW);

        assertThat(evicted).isEmpty();
        assertThat(fresh.isComplete(blob.id())).isTrue();
    }

    @Test
    void merge_ownBlobRevoked_isBuriedAndNotDeleted() throws RefusedEntryException {
        machine.merge(List.of(entry(EntryState.REVOKED, 1)), NOW);
        machine.advance(NOW);

        assertThat(buried).containsExactly(true);
    }

    @Test
    void advance_clockYearsAheadAndNobodyToCompareWith_endsNothingForAMinute() throws RefusedEntryException {
        long years = 10L * 365 * 86_400_000;
        machine.advance(new Moment(59_000_000_000L, EPOCH_MILLIS + years));
        assertThat(retired).isEmpty();

        machine.advance(new Moment(120_000_000_000L, EPOCH_MILLIS + years + 61_000));
        assertThat(retired).containsExactly(blob.id());
    }

    @Test
    void storeHolds_blobThatCameSinceTheLookBegan_isNotForgotten() {
        BlobId other = new BlobId(9, 9, 9, 9);
        machine.lookingAtStore();
        machine.stored(other, NOW);
        machine.storeHolds(found());

        assertThat(machine.isComplete(other)).isTrue();
    }

    @ParameterizedTest(name = "retention 10 s, {0} ms after its beginning")
    @CsvSource({"9999, 1", "10000, 0", "10001, 0"})
    void advance_blobOfAnotherAtTheEndOfItsRetention_isBegunOnlyBefore(long millis, int transfers)
            throws RefusedEntryException {
        PeerId author = new PeerId("other");
        ManifestEntry entry = ManifestEntry.builder()
                .blob(new BlobId(9, 9, 9, 9))
                .author(author)
                .size(10)
                .root(blob.tree().root())
                .label(Label.of("other.bin"))
                .target(TargetSpec.ALL)
                .clock(HybridTimestamp.of(EPOCH_MILLIS, 0))
                .retention(Retention.parse("10s"))
                .build();
        Moment later = new Moment(2_000_000L, EPOCH_MILLIS + millis);

        machine.merge(
                List.of(ModelledMembers.verifier(FLEET)
                        .verify(ModelledMembers.signer(FLEET, author).sign(entry))),
                later);
        machine.advance(later);

        assertThat(machine.transfers(later)).hasSize(transfers);
    }

    private Map<BlobId, Long> found() {
        return Map.of(blob.id(), EPOCH_MILLIS);
    }

    private VerifiedEntry entry(EntryState state, int count) throws RefusedEntryException {
        ManifestEntry entry = ManifestEntry.builder()
                .blob(blob.id())
                .author(SELF)
                .size(blob.layout().size())
                .root(blob.tree().root())
                .label(Label.of("app.bin"))
                .target(TargetSpec.ALL)
                .clock(HybridTimestamp.of(EPOCH_MILLIS, count))
                .retention(Retention.parse("7d"))
                .state(state)
                .build();
        return ModelledMembers.verifier(FLEET)
                .verify(ModelledMembers.signer(FLEET, SELF).sign(entry));
    }

    private static BlobCache.Seeded hash() {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(new byte[] {1}));
        return hasher.finish();
    }
}
