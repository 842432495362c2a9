package dev.swarm.manifest;

import static dev.swarm.manifest.Fixtures.DAY;
import static dev.swarm.manifest.Fixtures.NOW;
import static dev.swarm.manifest.Fixtures.active;
import static dev.swarm.manifest.Fixtures.at;
import static dev.swarm.manifest.Fixtures.banned;
import static dev.swarm.manifest.Fixtures.blob;
import static dev.swarm.manifest.Fixtures.entry;
import static dev.swarm.manifest.Fixtures.manifest;
import static dev.swarm.manifest.Fixtures.revoked;
import static dev.swarm.manifest.Fixtures.verified;
import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Entries that a clock dated that was ahead, once it is right. */
class FutureEntriesTest {

    private static final long THEN = NOW + 300 * DAY;
    private static final PeerId A = new PeerId("a");

    /** A manifest of a node whose clock was wrong when these came. */
    private static ManifestCrdt wrong(VerifiedEntry... entries) {
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        for (VerifiedEntry entry : entries) {
            assertThat(manifest.merge(entry, THEN).isMerged()).isTrue();
        }
        return manifest;
    }

    private static void dateAnew(ManifestCrdt manifest, String author, long now) {
        manifest.datedAnew(new PeerId(author), now, 10).forEach(draft -> assertThat(
                        manifest.merge(verified(draft), now).isMerged())
                .isTrue());
    }

    private static HybridTimestamp clock(ManifestCrdt manifest, String author, int blob) {
        VerifiedEntry entry = manifest.entry(new EntryKey(blob(blob), new PeerId(author)));
        assertThat(entry).isNotNull();
        return entry.entry().clock();
    }

    private static EntryState state(ManifestCrdt manifest, int blob) {
        return manifest.blob(blob(blob)).state();
    }

    @Test
    void whatNobodyTakesIsNeitherCountedNorOfferedButStaysInEffect() {
        ManifestCrdt manifest = wrong(active("b", 2, NOW), active("a", 1, THEN));
        long version = manifest.version();

        assertThat(manifest.setAside(NOW)).isTrue();

        assertThat(manifest.digest()).isEqualTo(manifest(active("b", 2, NOW)).digest());
        assertThat(manifest.size()).isEqualTo(1);
        assertThat(manifest.version()).isGreaterThan(version);
        assertThat(state(manifest, 1)).isEqualTo(EntryState.ACTIVE);
        assertThat(manifest.image().entries()).hasSize(2);
        assertThat(manifest.setAside(NOW)).isFalse();
    }

    @Test
    void whatOthersMayHaveTakenIsNotSetAside() {
        ManifestCrdt manifest = wrong(active("a", 1, NOW + 120_000), active("a", 2, NOW + 120_001));

        manifest.setAside(NOW);

        assertThat(manifest.digest())
                .isEqualTo(wrong(active("a", 1, NOW + 120_000)).digest());
    }

    @Test
    void whatIsSetAsideIsPutBackWhenItsTimeIsNear() {
        ManifestCrdt manifest = wrong(active("a", 1, THEN));
        var whole = manifest.digest();
        manifest.setAside(NOW);

        assertThat(manifest.setAside(THEN - 60_001)).isFalse();
        assertThat(manifest.setAside(THEN - 60_000)).isTrue();

        assertThat(manifest.digest()).isEqualTo(whole);
    }

    @Test
    void whatItsAuthorSaysInTimeTakesThePlaceOfWhatIsSetAside() {
        ManifestCrdt manifest = wrong(active("a", 1, THEN));
        assertThat(manifest.merge(revoked("a", 1, NOW), NOW)).isEqualTo(MergeResult.STALE);
        manifest.setAside(NOW);

        assertThat(manifest.merge(revoked("a", 1, NOW), NOW)).isEqualTo(MergeResult.MERGED);

        assertThat(manifest.digest()).isEqualTo(manifest(revoked("a", 1, NOW)).digest());
        assertThat(manifest.setAside(THEN)).isFalse();
        assertThat(clock(manifest, "a", 1)).isEqualTo(at(NOW));
    }

    @Test
    void ownEntryIsDatedAnewAsItIs() {
        for (EntryState each : EntryState.values()) {
            ManifestCrdt manifest =
                    wrong(verified(entry("op", 1, THEN).state(each).retention(Retention.parse("3d"))));
            manifest.setAside(NOW);

            dateAnew(manifest, "op", NOW);

            assertThat(clock(manifest, "op", 1)).isEqualTo(at(NOW));
            assertThat(state(manifest, 1)).isEqualTo(each);
            assertThat(manifest.blob(blob(1)).winner().entry().retention()).isEqualTo(Retention.parse("3d"));
            assertThat(manifest.datedAhead(new PeerId("op"), NOW)).isEmpty();
        }
    }

    @Test
    void whatASeedHadEndedStaysEndedWhenItIsDatedAnew() {
        ManifestCrdt manifest =
                wrong(active("a", 1, NOW), verified(entry("op", 1, THEN).endsOthersUpTo(at(THEN - 1_000))));
        manifest.setAside(NOW);

        dateAnew(manifest, "op", NOW + 5);

        assertThat(manifest.blob(blob(1)).activeEntries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.entry().author().host()).isEqualTo("op"));
    }

    @Test
    void whatAnOperatorHasEndedMeanwhileIsNotPublishedAnew() {
        ManifestCrdt manifest = wrong(active("a", 1, THEN), active("a", 2, THEN));
        manifest.merge(revoked("op", 1, NOW), NOW);
        manifest.merge(banned("op", 2, NOW), NOW);
        manifest.setAside(NOW);

        dateAnew(manifest, "a", NOW + 5);

        assertThat(state(manifest, 1)).isEqualTo(EntryState.REVOKED);
        assertThat(state(manifest, 2)).isEqualTo(EntryState.BANNED);
        assertThat(manifest.fate(new EntryKey(blob(1), A))).isEqualTo(EntryFate.ENDED);
    }

    @Test
    void onlyOwnEntriesAreDatedAnewAndSoManyAtOnce() {
        ManifestCrdt manifest = wrong(active("a", 1, THEN), active("a", 2, THEN), active("b", 3, THEN));
        assertThat(manifest.datedAnew(A, NOW, 10)).as("none is set aside").isEmpty();
        assertThat(manifest.datedAhead(A, NOW)).hasSize(2);
        manifest.setAside(NOW);

        assertThat(manifest.datedAhead(A, NOW)).hasSize(2);
        assertThat(manifest.datedAnew(A, NOW, 10)).hasSize(2);
        assertThat(manifest.datedAnew(A, NOW, 1)).hasSize(1);
    }

    @Test
    void aRevocationByTheAuthorNeedNotPassWhatIsSetAside() {
        ManifestCrdt manifest = wrong(active("a", 1, THEN));
        assertThat(manifest.draft(blob(1), A, NOW).build().clock()).isGreaterThan(at(THEN));
        manifest.setAside(NOW);

        ManifestEntry draft = manifest.draft(blob(1), A, NOW).build();

        assertThat(draft.clock()).isEqualTo(at(NOW));
    }

    @Test
    void whatWasDatedAnewIsAllThatARestartFinds() {
        ManifestCrdt manifest = wrong(active("a", 1, THEN));
        manifest.drainChanges();
        manifest.setAside(NOW);
        dateAnew(manifest, "a", NOW);

        ManifestChanges changes = manifest.drainChanges();

        assertThat(changes.now().entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.entry().clock()).isEqualTo(at(NOW)));
        assertThat(changes.removed()).isEmpty();
    }

    @Test
    void aFleetWhoseClocksWereAllWrongComesToTheSame() {
        VerifiedEntry seed = active("a", 1, THEN);
        VerifiedEntry end = revoked("b", 2, THEN + 1);
        ManifestCrdt a = wrong(seed, end);
        ManifestCrdt b = wrong(seed, end);
        ManifestCrdt away = wrong(seed, active("b", 2, THEN), end);
        for (ManifestCrdt each : List.of(a, b, away)) {
            each.setAside(NOW);
        }
        dateAnew(a, "a", NOW + 7);
        dateAnew(b, "b", NOW + 9);
        for (ManifestCrdt to : List.of(a, b, away)) {
            for (ManifestCrdt from : List.of(a, b)) {
                from.entries().forEach(entry -> to.merge(verified(entry.entry()), NOW + 10));
            }
        }

        assertThat(a.digest()).isEqualTo(b.digest()).isEqualTo(away.digest());
        assertThat(away.blobs()).hasSize(2);
        assertThat(state(away, 1)).isEqualTo(EntryState.ACTIVE);
        assertThat(state(away, 2)).isEqualTo(EntryState.REVOKED);
    }

    @Test
    void whatGaveWayAndComesBackInItsTimeDoesNotUndoWhatItsAuthorSaidSince() {
        VerifiedEntry seed = active("a", 1, NOW + DAY);
        ManifestCrdt author = wrong(seed);
        author.setAside(NOW);
        dateAnew(author, "a", NOW);
        author.merge(revoked("a", 1, NOW + 1), NOW + 1);
        assertThat(author.merge(seed, NOW + DAY).isMerged()).isTrue();

        dateAnew(author, "a", NOW + DAY);

        assertThat(state(author, 1)).isEqualTo(EntryState.REVOKED);
        assertThat(clock(author, "a", 1)).isGreaterThan(at(NOW + DAY));
        assertThat(author.datedAnew(A, NOW + DAY, 10)).isEmpty();
    }
}
