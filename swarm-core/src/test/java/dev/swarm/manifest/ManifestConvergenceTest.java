package dev.swarm.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.Label;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestConvergenceTest {

    private static final FleetId FLEET = new FleetId("ab".repeat(32));
    private static final long NOW = 1_700_000_000_000L;

    static LongStream seeds() {
        Long chosen = Long.getLong("swarm.seed");
        return chosen != null ? LongStream.of(chosen) : LongStream.range(0, 30);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void merge_anyOrderAndRepetition_givesOneState(long seed) throws RefusedEntryException {
        Random random = new Random(seed);
        List<VerifiedEntry> history = history(random, 40);
        ManifestCrdt first = manifest(history);
        for (int i = 0; i < 5; i++) {
            List<VerifiedEntry> shuffled = new ArrayList<>(history);
            shuffled.addAll(history.subList(0, 10));
            Collections.shuffle(shuffled, random);
            ManifestCrdt other = manifest(shuffled);

            assertThat(other.digest()).isEqualTo(first.digest());
            assertThat(other.blobs()).isEqualTo(first.blobs());
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void sync_twoManifests_becomeEqual(long seed) throws Exception {
        Random random = new Random(seed);
        List<VerifiedEntry> shared = history(random, 200);
        List<VerifiedEntry> mine = new ArrayList<>(shared);
        mine.addAll(history(random, 15));
        List<VerifiedEntry> theirs = new ArrayList<>(shared);
        theirs.addAll(history(random, 20));
        ManifestCrdt a = manifest(mine);
        ManifestCrdt b = manifest(theirs);
        ManifestSync syncA = ManifestSync.over(a);
        ManifestSync syncB = ManifestSync.over(b);

        SyncFrame frame = syncA.open();
        int frames = 0;
        while (!frame.isFinished() && frames < ManifestSync.MAX_FRAMES) {
            frame = exchange(frame, b, syncB);
            frame = exchange(frame, a, syncA);
            frames += 2;
        }

        assertThat(a.digest()).isEqualTo(b.digest());
        assertThat(a.blobs()).isEqualTo(b.blobs());
    }

    @Test
    void merge_operatorRevokes_endsWhatOthersSeededUntilANewerSeed() throws RefusedEntryException {
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        merge(manifest, entry("a", 1, EntryState.ACTIVE, 1));
        merge(manifest, entry("op", 1, EntryState.REVOKED, 2, Role.OPERATOR));
        assertThat(manifest.blobs().get(0).isActive()).isFalse();

        merge(manifest, entry("a", 1, EntryState.ACTIVE, 3));
        assertThat(manifest.blobs().get(0).isActive()).isTrue();
    }

    @Test
    void merge_plainNodeRevokes_touchesItsOwnEntryAlone() throws RefusedEntryException {
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        merge(manifest, entry("a", 1, EntryState.ACTIVE, 1));
        merge(manifest, entry("b", 1, EntryState.REVOKED, 2));

        assertThat(manifest.blobs().get(0).isActive()).isTrue();
    }

    @Test
    void merge_minuteAndMoreAhead_isRefusedAndMovesNoClock() throws RefusedEntryException {
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        MergeResult result = manifest.merge(verified("a", 1, EntryState.ACTIVE, 61_000), NOW);

        assertThat(result.isRefused()).isTrue();
        assertThat(manifest.blobs()).isEmpty();
        assertThat(manifest.nextClock(NOW).epochMillis()).isEqualTo(NOW);
    }

    @Test
    void merge_seedingGateClosed_letsOperatorsOnlyIn() throws RefusedEntryException {
        ManifestCrdt manifest = ManifestCrdt.create(
                ManifestPolicy.builder().seeding(Gate.of(List.of("-*"))).build());

        assertThat(manifest.merge(verified("a", 1, EntryState.ACTIVE, 1), NOW).isRefused())
                .isTrue();
        assertThat(manifest.merge(verified("op", 1, EntryState.ACTIVE, 1, Role.OPERATOR), NOW)
                        .isMerged())
                .isTrue();
    }

    private static SyncFrame exchange(SyncFrame frame, ManifestCrdt receiver, ManifestSync sync) throws Exception {
        SyncFrame arrived = SyncFrame.decode(frame.encode(), SyncFrame.MAX_BYTES);
        for (SignedEntry entry : arrived.entries()) {
            receiver.merge(ModelledMembers.verifier(FLEET).verify(entry), NOW);
        }
        return sync.answer(arrived);
    }

    private static ManifestCrdt manifest(List<VerifiedEntry> entries) {
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        entries.forEach(entry -> manifest.merge(entry, NOW));
        return manifest;
    }

    private static void merge(ManifestCrdt manifest, VerifiedEntry entry) {
        assertThat(manifest.merge(entry, NOW).isMerged()).isTrue();
    }

    private static List<VerifiedEntry> history(Random random, int length) throws RefusedEntryException {
        List<VerifiedEntry> history = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            EntryState state = random.nextInt(3) == 0 ? EntryState.REVOKED : EntryState.ACTIVE;
            boolean operator = random.nextInt(4) == 0;
            history.add(
                    operator
                            ? verified("op", random.nextInt(60), state, random.nextInt(1_000), Role.OPERATOR)
                            : verified("host-" + random.nextInt(3), random.nextInt(60), state, random.nextInt(1_000)));
        }
        return history;
    }

    private static VerifiedEntry entry(String author, int blob, EntryState state, long millis, Role... roles)
            throws RefusedEntryException {
        return verified(author, blob, state, millis, roles);
    }

    private static VerifiedEntry verified(String author, int blob, EntryState state, long millis, Role... roles)
            throws RefusedEntryException {
        HybridTimestamp clock = HybridTimestamp.of(NOW + millis, 0);
        ManifestEntry.Builder builder = ManifestEntry.builder()
                .blob(new BlobId(blob, 0, 0, 0))
                .author(new PeerId(author))
                .size(0)
                .root(HashTree.ofLeafHashes(ByteBuffer.allocate(0)).root())
                .label(Label.of("blob-" + blob))
                .channel(ManifestEntry.DEFAULT_CHANNEL)
                .target(TargetSpec.parse("*"))
                .retention(Retention.DEFAULT)
                .state(state)
                .clock(clock);
        if (roles.length > 0 && state == EntryState.REVOKED) {
            builder.endsOthersUpTo(clock);
        }
        SignedEntry signed =
                ModelledMembers.signer(FLEET, new PeerId(author), roles).sign(builder.build());
        return ModelledMembers.verifier(FLEET).verify(signed);
    }
}
