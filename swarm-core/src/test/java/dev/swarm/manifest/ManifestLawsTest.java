package dev.swarm.manifest;

import static dev.swarm.manifest.Fixtures.NOW;
import static dev.swarm.manifest.Fixtures.at;
import static dev.swarm.manifest.Fixtures.entry;
import static dev.swarm.manifest.Fixtures.manifest;
import static dev.swarm.manifest.Fixtures.verified;
import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.Label;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Role;
import dev.swarm.transport.TestFleet;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever entries there are and in whatever order and number they come, manifests agree. */
class ManifestLawsTest {

    private static final List<String> AUTHORS = List.of("a", "b", "co", "op", "op2");

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.manifest.Fixtures#seeds")
    void merge_anyOrderWithRepetitions_converges(long seed) {
        Random random = new Random(seed);
        List<VerifiedEntry> entries = entries(random, 60);
        ManifestCrdt expected = manifest(entries.toArray(VerifiedEntry[]::new));

        for (int round = 0; round < 5; round++) {
            assertSame(manifest(shuffled(entries, random).toArray(VerifiedEntry[]::new)), expected);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.manifest.Fixtures#seeds")
    void merge_inGroupsOfAnySplit_isAssociative(long seed) {
        Random random = new Random(seed);
        List<VerifiedEntry> entries = entries(random, 60);
        ManifestCrdt left = manifest(entries.subList(0, 20).toArray(VerifiedEntry[]::new));
        ManifestCrdt middle = manifest(entries.subList(20, 40).toArray(VerifiedEntry[]::new));
        ManifestCrdt right = manifest(entries.subList(40, 60).toArray(VerifiedEntry[]::new));

        ManifestCrdt leftFirst = joined(joined(left, middle), right);
        ManifestCrdt rightFirst = joined(joined(right, middle), left);

        assertSame(leftFirst, rightFirst);
        assertSame(joined(leftFirst, leftFirst), leftFirst);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.manifest.Fixtures#seeds")
    void prune_amongMerges_neverMakesAnythingActiveThatWasNot(long seed) {
        Random random = new Random(seed);
        List<VerifiedEntry> entries = entries(random, 60);
        ManifestCrdt unpruned = manifest(entries.toArray(VerifiedEntry[]::new));
        ManifestCrdt pruned = manifest(entries.toArray(VerifiedEntry[]::new));

        for (VerifiedEntry entry : shuffled(entries, random)) {
            pruned.prune(NOW + random.nextInt(25), ManifestCrdt.REVOKED_WINDOW.minusDays(7));
            pruned.merge(entry, NOW);

            for (BlobView view : unpruned.blobs()) {
                BlobView after = pruned.blob(view.blob());
                assertThat(after == null ? List.of() : after.activeEntries()).isEqualTo(view.activeEntries());
                assertThat(after == null ? EntryState.REVOKED : after.state()).isEqualTo(view.state());
            }
            assertThat(pruned.endedBlobs())
                    .isEqualTo(pruned.blobs().stream()
                            .filter(view -> !view.isActive())
                            .map(BlobView::blob)
                            .collect(Collectors.toSet()));
        }
    }

    @Test
    void merge_realSignaturesInEveryOrder_converges() throws RefusedEntryException {
        TestFleet fleet = new TestFleet("fleet");
        FleetId id = FleetId.of(fleet.authority());
        EntryVerifier verifier = EntryVerifier.of(id, fleet.authority());
        NodeCredentials operator = fleet.node("op", Role.OPERATOR);
        long now = operator.certificate().getNotBefore().toInstant().toEpochMilli() + 60_000;
        List<VerifiedEntry> entries = new ArrayList<>();
        for (ManifestEntry entry : List.of(
                entry("op", 1, now).build(),
                entry("op", 1, now).state(EntryState.REVOKED).build(),
                entry("op", 1, now + 1).build(),
                entry("op", 1, now + 1).build())) {
            entries.add(verifier.verify(
                    EntrySigner.of(operator.key(), operator.certificate(), id).sign(entry)));
        }
        List<ManifestCrdt> manifests = new ArrayList<>();
        for (int order = 0; order < 24; order++) {
            List<VerifiedEntry> left = new ArrayList<>(entries);
            ManifestCrdt manifest = manifest();
            for (int choice = order, size = 4; size > 0; choice /= size, size--) {
                manifest.merge(left.remove(choice % size), now);
            }
            manifests.add(manifest);
        }

        assertThat(manifests).allSatisfy(manifest -> assertSame(manifest, manifests.get(0)));
    }

    private static List<VerifiedEntry> entries(Random random, int count) {
        List<VerifiedEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String author = AUTHORS.get(random.nextInt(AUTHORS.size()));
            long time = NOW + random.nextInt(20);
            EntryState state = random.nextInt(8) == 0
                    ? EntryState.BANNED
                    : random.nextInt(3) == 0 ? EntryState.REVOKED : EntryState.ACTIVE;
            entries.add(verified(entry(author, random.nextInt(6), time)
                    .label(new Label("label-" + random.nextInt(4)))
                    .endsOthersUpTo(at(random.nextInt(4) == 0 ? NOW + random.nextInt(20) - 20 : 0))
                    .state(state)));
        }
        return entries;
    }

    private static List<VerifiedEntry> shuffled(List<VerifiedEntry> entries, Random random) {
        List<VerifiedEntry> shuffled = new ArrayList<>(entries);
        for (int i = 0; i < entries.size() / 3; i++) {
            shuffled.add(entries.get(random.nextInt(entries.size())));
        }
        Collections.shuffle(shuffled, random);
        return shuffled;
    }

    private static ManifestCrdt joined(ManifestCrdt... manifests) {
        ManifestCrdt joined = manifest();
        for (ManifestCrdt manifest : manifests) {
            for (BlobView view : manifest.blobs()) {
                view.entries().forEach(entry -> joined.merge(entry, NOW));
            }
        }
        return joined;
    }

    private static void assertSame(ManifestCrdt actual, ManifestCrdt expected) {
        assertThat(actual.entries()).isEqualTo(expected.entries());
        assertThat(actual.digest()).isEqualTo(expected.digest());
        assertThat(actual.blobs()).isEqualTo(expected.blobs());
        for (int i = 0; i < 4; i++) {
            Label label = new Label("label-" + i);
            assertThat(actual.ownerOf(label)).isEqualTo(expected.ownerOf(label));
        }
    }
}
