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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.MergeResult.Refusal;
import dev.swarm.peer.PeerId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ManifestCrdtTest {

    @Nested
    class Admission {

        @Test
        void merge_newEntry_isMergedThenStale() {
            ManifestCrdt manifest = manifest();

            assertThat(manifest.merge(active("a", 1, NOW), NOW)).isEqualTo(MergeResult.MERGED);
            assertThat(manifest.merge(active("a", 1, NOW), NOW)).isEqualTo(MergeResult.STALE);
            assertThat(manifest.merge(active("a", 1, NOW - 1), NOW)).isEqualTo(MergeResult.STALE);
            assertThat(manifest.version()).isEqualTo(1);
        }

        @Test
        void merge_aMinuteAhead_isTakenAndAMillisecondMoreIsRefused() {
            ManifestCrdt manifest = manifest();

            assertThat(manifest.merge(active("a", 1, NOW + 60_000), NOW).isMerged())
                    .isTrue();
            assertRefused(manifest, active("a", 2, NOW + 60_001), Refusal.FUTURE);
        }

        @Test
        void merge_fromTheFuture_doesNotAdvanceTheClock() {
            ManifestCrdt manifest = manifest();

            manifest.merge(active("op", 1, NOW + DAY), NOW);

            assertThat(manifest.nextClock(NOW)).isEqualTo(at(NOW));
            assertThat(manifest.merge(active("op", 1, NOW), NOW).isMerged()).isTrue();
        }

        @Test
        void merge_aMillisecondTooFarAhead_doesNotAdvanceTheClockOnceItsTimeIsNear() {
            ManifestCrdt manifest = manifest();

            assertRefused(manifest, active("a", 1, NOW + 60_001), Refusal.FUTURE);

            assertThat(manifest.nextClock(NOW + 10)).isEqualTo(at(NOW + 10));
        }

        @Test
        void merge_fromABitAhead_advancesTheClock() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW + 5_000));

            assertThat(manifest.nextClock(NOW)).isGreaterThan(at(NOW + 5_000));
        }

        @Test
        void nextClock_wallClockWasDaysAheadAndIsSetBack_isATimeThatOthersTakeIn() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW + 5_000));
            HybridTimestamp wrong = manifest.nextClock(NOW + 10 * DAY);
            assertThat(wrong).isEqualTo(at(NOW + 10 * DAY));

            HybridTimestamp right = manifest.nextClock(NOW);

            assertThat(right).isGreaterThan(at(NOW + 5_000)).isLessThan(at(NOW + 60_000));
            assertThat(manifest.nextClock(NOW)).isGreaterThan(right);
        }

        @Test
        void nextClock_wallClockIsSetBackALittle_staysLaterThanWhatWasIssued() {
            ManifestCrdt manifest = manifest();
            HybridTimestamp before = manifest.nextClock(NOW + 60_000);

            assertThat(manifest.nextClock(NOW)).isGreaterThan(before);
        }

        @Test
        void merge_plainNodeThatTheGateDenies_isRefused() {
            ManifestCrdt manifest = gated("b");

            assertRefused(manifest, active("a", 1, NOW), Refusal.NOT_PERMITTED);
            assertThat(manifest.merge(active("b", 1, NOW), NOW).isMerged()).isTrue();
        }

        @Test
        void merge_coordinatorOrOperatorThatTheGateDenies_isMerged() {
            ManifestCrdt manifest = gated();

            assertThat(manifest.merge(active("co", 1, NOW), NOW).isMerged()).isTrue();
            assertThat(manifest.merge(active("op", 1, NOW), NOW).isMerged()).isTrue();
        }

        @Test
        void merge_ownRevocationAfterTheGateClosed_isMerged() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW));
            manifest.usePolicy(ManifestPolicy.builder().seeding(Gate.NONE).build());

            assertThat(manifest.merge(revoked("a", 1, NOW + 1), NOW).isMerged()).isTrue();
            assertRefused(manifest, active("a", 1, NOW + 2), Refusal.NOT_PERMITTED);
            assertRefused(manifest, revoked("a", 2, NOW), Refusal.NOT_PERMITTED);
        }

        @Test
        void merge_plainNodeWithTooManyEntries_isRefusedAndOthersAreNot() {
            ManifestCrdt manifest = ManifestCrdt.create(
                    ManifestPolicy.builder().maxEntriesPerAuthor(2).build());
            for (int i = 0; i < 2; i++) {
                manifest.merge(active("a", i, NOW), NOW);
                manifest.merge(active("op", i, NOW), NOW);
            }

            assertRefused(manifest, active("a", 2, NOW), Refusal.TOO_MANY);
            assertThat(manifest.merge(revoked("a", 1, NOW + 1), NOW).isMerged()).isTrue();
            assertThat(manifest.merge(active("b", 2, NOW), NOW).isMerged()).isTrue();
            assertThat(manifest.merge(active("op", 2, NOW), NOW).isMerged()).isTrue();
        }

        private ManifestCrdt gated(String... patterns) {
            return ManifestCrdt.create(
                    ManifestPolicy.builder().seeding(Gate.of(List.of(patterns))).build());
        }
    }

    @Nested
    class Join {

        @Test
        void blob_unknown_isNull() {
            assertThat(manifest().blob(blob(1))).isNull();
        }

        @Test
        void blob_revokedAndActiveAtEqualTime_isRevoked() {
            assertState(EntryState.REVOKED, active("a", 1, NOW), revoked("a", 1, NOW));
            assertState(EntryState.REVOKED, active("a", 1, NOW), revoked("op", 1, NOW));
        }

        @Test
        void blob_revokedByItsAuthor_isActiveWhileAnotherSeedsIt() {
            assertState(EntryState.REVOKED, active("a", 1, NOW), revoked("a", 1, NOW + 1));
            assertState(EntryState.ACTIVE, active("a", 1, NOW), revoked("a", 1, NOW + 1), active("b", 1, NOW));
        }

        @Test
        void blob_revokedByAPlainNodeThatDidNotSeedIt_staysActive() {
            assertState(EntryState.ACTIVE, active("a", 1, NOW), revoked("b", 1, NOW + 1));
            assertState(EntryState.ACTIVE, active("op", 1, NOW), revoked("co", 1, NOW + 1));
        }

        @Test
        void blob_bannedByAPlainNode_endsOnlyItsOwnEntry() {
            assertState(EntryState.ACTIVE, active("a", 1, NOW), banned("b", 1, NOW + 1));
            assertState(EntryState.REVOKED, active("b", 1, NOW), banned("b", 1, NOW + 1));
        }

        @Test
        void blob_revokedByAnOperator_isRevokedUntilANewerSeed() {
            assertState(EntryState.REVOKED, active("a", 1, NOW), active("b", 1, NOW), revoked("op", 1, NOW + 1));
            assertState(EntryState.ACTIVE, active("a", 1, NOW), active("b", 1, NOW + 2), revoked("op", 1, NOW + 1));
        }

        @Test
        void blob_revokedByOneOperatorAndSeededEarlierByAnother_isRevoked() {
            assertState(EntryState.REVOKED, active("op", 1, NOW), revoked("op2", 1, NOW + 1));
        }

        @Test
        void blob_seededAgainByTheOperatorWhoRevokedIt_doesNotBringBackWhatWasEnded() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW), revoked("op", 1, NOW + 1));
            ManifestEntry again =
                    manifest.draft(blob(1), new PeerId("op"), NOW + 2).build();

            manifest.merge(verified(again), NOW + 2);

            assertThat(view(manifest).activeEntries())
                    .extracting(entry -> entry.entry().author().host())
                    .containsExactly("op");
        }

        @Test
        void blob_plainNodeClaimsToEndOthers_doesNot() {
            VerifiedEntry claim = verified(entry("b", 1, NOW + 9).endsOthersUpTo(at(NOW + 8)));

            assertThat(view(manifest(active("a", 1, NOW), claim)).activeEntries())
                    .hasSize(2);
        }

        @Test
        void blob_bannedByAnOperator_noSeedBringsItBack() {
            assertState(EntryState.BANNED, banned("op", 1, NOW), active("a", 1, NOW + 1), active("op2", 1, NOW + 2));
        }

        @Test
        void blob_banLiftedByItsOperator_isActiveAgainWithANewerSeed() {
            assertState(EntryState.ACTIVE, banned("op", 1, NOW), revoked("op", 1, NOW + 1), active("a", 1, NOW + 2));
        }

        @Test
        void view_severalActiveEntries_newestOfOperatorsSpeaks() {
            ManifestCrdt manifest = manifest(
                    active("op", 1, NOW), active("op2", 1, NOW - 1), active("a", 1, NOW + 2), active("b", 1, NOW + 1));

            assertThat(view(manifest).activeEntries())
                    .extracting(entry -> entry.entry().author().host())
                    .containsExactly("op", "op2", "a", "b");
            assertThat(view(manifest).winner().entry().author()).isEqualTo(new PeerId("op"));
        }

        @Test
        void view_plainNodeGivesAnotherRootForAnOperatorsBlob_operatorsShapeComesFirst() {
            VerifiedEntry lie = verified(entry("a", 1, NOW + 5).size(1).root(new TreeRoot(6, 6, 6, 6)));
            BlobView view = view(manifest(active("op", 1, NOW), lie));

            assertThat(view.size()).isEqualTo(1_001);
            assertThat(view.root()).isEqualTo(new TreeRoot(1, 1, 2, 3));
            assertThat(view.shapes())
                    .containsExactly(
                            new BlobView.Shape(1_001, new TreeRoot(1, 1, 2, 3)),
                            new BlobView.Shape(1, new TreeRoot(6, 6, 6, 6)));
        }

        @Test
        void entryFor_severalTargets_givesTheFirstThatMatches() {
            BlobView view = view(manifest(
                    verified(entry("op", 1, NOW).target(TargetSpec.parse("db-*"))),
                    verified(entry("a", 1, NOW).target(TargetSpec.parse("web-*")))));

            assertThat(view.entryFor(new PeerId("web-1"), Map.of()))
                    .isEqualTo(view.entries().get(1));
            assertThat(view.entryFor(new PeerId("db-1"), Map.of()))
                    .isEqualTo(view.entries().get(0));
            assertThat(view.entryFor(new PeerId("mail"), Map.of())).isNull();
        }

        @Test
        void blobs_severalStates_areAllListedInOrderOfIds() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW), revoked("a", 2, NOW), banned("op", 3, NOW));

            assertThat(manifest.blobs())
                    .extracting(BlobView::state)
                    .containsExactlyInAnyOrder(EntryState.ACTIVE, EntryState.REVOKED, EntryState.BANNED);
            assertThat(manifest.blobs()).extracting(BlobView::blob).isSorted();
        }

        private void assertState(EntryState expected, VerifiedEntry... entries) {
            assertThat(view(manifest(entries)).state()).isEqualTo(expected);
        }
    }

    @Nested
    class Labels {

        private static final Label APP = new Label("app");

        @Test
        void ownerOf_severalBlobs_newestActiveOwns() {
            ManifestCrdt manifest = manifest(labelled("a", 1, NOW), labelled("b", 2, NOW + 1));
            assertThat(manifest.ownerOf(APP)).isEqualTo(blob(2));

            manifest.merge(verified(entry("b", 2, NOW + 2).label(APP).state(EntryState.REVOKED)), NOW);
            assertThat(manifest.ownerOf(APP)).isEqualTo(blob(1));
        }

        @Test
        void ownerOf_operatorsLabel_isNotTakenByAPlainNode() {
            ManifestCrdt manifest = manifest(labelled("op", 1, NOW), labelled("a", 2, NOW + 1));
            assertThat(manifest.ownerOf(APP)).isEqualTo(blob(1));

            manifest.merge(labelled("op2", 3, NOW + 2), NOW);
            assertThat(manifest.ownerOf(APP)).isEqualTo(blob(3));
        }

        @Test
        void ownerOf_operatorsLabelThatDoesNotCountHere_isNotTakenEither() {
            ManifestCrdt manifest = manifest(labelled("op", 1, NOW), labelled("a", 2, NOW + 1));

            assertThat(manifest.ownerOf(APP, entry -> !entry.blob().equals(blob(1))))
                    .isNull();
        }

        @Test
        void ownerOf_entriesThatDoNotCount_arePassedOver() {
            ManifestCrdt manifest = manifest(labelled("a", 1, NOW), labelled("a", 2, NOW + 1));

            assertThat(manifest.ownerOf(APP, entry -> !entry.blob().equals(blob(2))))
                    .isEqualTo(blob(1));
        }

        @Test
        void ownerOf_entryThatChangedItsLabel_isForgottenUnderTheOldOne() {
            ManifestCrdt manifest = manifest(labelled("a", 1, NOW));
            manifest.merge(active("a", 1, NOW + 1), NOW);

            assertThat(manifest.ownerOf(APP)).isNull();
            assertThat(manifest.ownerOf(new Label("label-1"))).isEqualTo(blob(1));
        }

        private static VerifiedEntry labelled(String author, int blob, long millis) {
            return verified(entry(author, blob, millis).label(APP));
        }
    }

    @Nested
    class Drafts {

        @Test
        void draft_knownBlob_describesItFromTheWinner() {
            ManifestCrdt manifest = manifest(verified(entry("a", 1, NOW).retention(Retention.parse("3d"))));

            ManifestEntry draft = manifest.draft(blob(1), new PeerId("op"), NOW + 1)
                    .state(EntryState.REVOKED)
                    .build();

            assertThat(draft.label()).isEqualTo(new Label("label-1"));
            assertThat(draft.retention()).isEqualTo(Retention.parse("3d"));
            assertThat(draft.clock()).isEqualTo(at(NOW + 1));
        }

        @Test
        void draft_wallClockStepsBack_isStillNewer() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW));

            ManifestEntry draft =
                    manifest.draft(blob(1), new PeerId("a"), NOW - DAY).build();

            assertThat(draft.clock()).isGreaterThan(at(NOW));
            assertThat(manifest.merge(verified(draft), NOW).isMerged()).isTrue();
        }

        @Test
        void draft_unknownBlob_leavesTheDescriptionToTheCaller() {
            assertThatThrownBy(() ->
                            manifest().draft(blob(1), new PeerId("a"), NOW).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("size is -1");
        }
    }

    @Nested
    class Pruning {

        private static final long LATER = NOW + 7 * DAY + 1;

        @Test
        void prune_withinTheWindow_keepsRevocations() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW - 1), revoked("op", 1, NOW));

            assertThat(prune(manifest, NOW + 7 * DAY)).isZero();
            assertThat(manifest.entries()).hasSize(2);
        }

        @Test
        void prune_operatorsRevocation_takesTheBlobWithIt() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW - 1), revoked("op", 1, NOW));

            assertThat(prune(manifest, LATER)).isEqualTo(2);
            assertThat(manifest.blob(blob(1))).isNull();
            assertThat(manifest.digest()).isEqualTo(manifest().digest());
            assertThat(manifest.version()).isEqualTo(4);
        }

        @Test
        void prune_operatorsRevocation_buriesWhateverComesBack() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW - 1), revoked("op", 1, NOW));
            prune(manifest, LATER);

            for (VerifiedEntry old : List.of(
                    active("a", 1, NOW - 1), active("b", 1, NOW), active("op2", 1, NOW - 5), revoked("op", 1, NOW))) {
                assertThat(manifest.merge(old, LATER)).isEqualTo(MergeResult.refused(Refusal.BURIED));
            }
            assertThat(manifest.merge(active("b", 1, NOW + 1), LATER).isMerged())
                    .isTrue();
        }

        @Test
        void prune_authorsOwnRevocation_buriesOnlyThatAuthorsEntry() {
            ManifestCrdt manifest = manifest(active("b", 1, NOW - 9), revoked("a", 1, NOW));

            assertThat(prune(manifest, LATER)).isEqualTo(1);
            assertThat(view(manifest).isActive()).isTrue();
            assertRefusedAt(LATER, manifest, active("a", 1, NOW - 1));
            assertThat(manifest.merge(active("co", 1, NOW - 1), LATER).isMerged())
                    .isTrue();
        }

        @Test
        void fate_endedEntry_isToldWhenItIsPrunedToo() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW - 1), revoked("op", 1, NOW), revoked("a", 2, NOW));

            assertThat(fates(manifest, "a", 1, 2, 3))
                    .containsExactly(EntryFate.ENDED, EntryFate.ENDED, EntryFate.UNKNOWN);
            prune(manifest, LATER);
            assertThat(fates(manifest, "a", 1, 2, 3))
                    .containsExactly(EntryFate.ENDED, EntryFate.ENDED, EntryFate.UNKNOWN);
            assertThat(fates(manifest, "c", 1)).containsExactly(EntryFate.ENDED);
        }

        @Test
        void fate_authorOfNothingBesideOneWhoSeedsAgain_isUnknown() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW - 1), revoked("op", 1, NOW));
            prune(manifest, LATER);
            manifest.merge(active("a", 1, NOW + 1), LATER);

            assertThat(fates(manifest, "a", 1)).containsExactly(EntryFate.ACTIVE);
            assertThat(fates(manifest, "b", 1)).containsExactly(EntryFate.UNKNOWN);
        }

        private static List<EntryFate> fates(ManifestCrdt manifest, String author, int... blobs) {
            return IntStream.of(blobs)
                    .mapToObj(blob -> manifest.fate(new EntryKey(blob(blob), new PeerId(author))))
                    .toList();
        }

        @Test
        void prune_newerSeedBesideOldRevocation_staysActive() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW - 1), revoked("op", 1, NOW), active("b", 1, NOW + 1));

            assertThat(prune(manifest, LATER)).isEqualTo(2);
            assertThat(view(manifest).activeEntries())
                    .extracting(entry -> entry.entry().author().host())
                    .containsExactly("b");
            assertRefusedAt(LATER, manifest, active("a", 1, NOW - 1));
        }

        @Test
        void prune_operatorsBan_stays() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW - 1), banned("op", 1, NOW));

            prune(manifest, LATER);

            assertThat(view(manifest).state()).isEqualTo(EntryState.BANNED);
            assertThat(view(manifest).entries()).hasSize(1);
        }

        @Test
        void prune_endedBlobThatIsStillHere_keepsItsEntryUntilItIsGone() {
            ManifestCrdt manifest = manifest(revoked("a", 1, NOW), revoked("a", 2, NOW));

            assertThat(manifest.prune(LATER, ManifestCrdt.REVOKED_WINDOW, blob(1)::equals))
                    .isEqualTo(1);
            assertThat(manifest.endedBlobs()).containsExactly(blob(1));
            assertThat(prune(manifest, LATER)).isEqualTo(1);
        }

        @Test
        void prune_activeBlobThatIsHere_losesWhatAnOperatorEnded() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW - 1), revoked("op", 1, NOW), active("b", 1, NOW + 1));

            manifest.prune(LATER, ManifestCrdt.REVOKED_WINDOW, blob -> true);

            assertThat(view(manifest).entries()).hasSize(1);
            assertThat(view(manifest).isActive()).isTrue();
        }

        @Test
        void prune_banByAPlainNode_isARevocationLikeAnyOther() {
            ManifestCrdt manifest = manifest(banned("a", 1, NOW));

            assertThat(prune(manifest, LATER)).isEqualTo(1);
        }

        @Test
        void prune_banThatArrivesAfterANewerRevocationWasBuried_isTakenIn() {
            ManifestCrdt manifest = manifest(revoked("op", 1, NOW));
            prune(manifest, LATER);

            assertThat(manifest.merge(banned("op2", 1, NOW - 1), LATER).isMerged())
                    .isTrue();
            assertThat(view(manifest).state()).isEqualTo(EntryState.BANNED);
        }

        @Test
        void draft_afterPruning_remembersTheRevocationForThoseWhoMissedIt() {
            ManifestCrdt manifest = manifest(active("a", 1, NOW - 1), revoked("op", 1, NOW));
            prune(manifest, LATER);
            ManifestEntry again = manifest.draft(blob(1), new PeerId("op"), LATER)
                    .size(1)
                    .root(new TreeRoot(1, 1, 2, 3))
                    .label(new Label("x"))
                    .target(TargetSpec.ALL)
                    .build();
            ManifestCrdt away = manifest(active("a", 1, NOW - 1));

            away.merge(verified(again), LATER);

            assertThat(view(away).activeEntries())
                    .extracting(entry -> entry.entry().author().host())
                    .containsExactly("op");
        }

        @Test
        void forgetMarkersBefore_horizon_welcomesAgainWhatWasOlder() {
            ManifestCrdt manifest = manifest(revoked("op", 1, NOW), revoked("op", 2, NOW + 10));
            prune(manifest, LATER + 10);

            manifest.forgetMarkersBefore(at(NOW + 5));

            assertThat(manifest.merge(active("a", 1, NOW), LATER).isMerged()).isTrue();
            assertRefusedAt(LATER, manifest, active("a", 2, NOW));
        }

        private int prune(ManifestCrdt manifest, long nowMillis) {
            return manifest.prune(nowMillis, ManifestCrdt.REVOKED_WINDOW);
        }

        private void assertRefusedAt(long nowMillis, ManifestCrdt manifest, VerifiedEntry entry) {
            assertThat(manifest.merge(entry, nowMillis)).isEqualTo(MergeResult.refused(Refusal.BURIED));
        }
    }

    @Nested
    class Restoring {

        @Test
        void restore_image_givesTheSameManifest() {
            ManifestCrdt before = manifest(active("a", 1, NOW - 1), revoked("op", 1, NOW), active("b", 2, NOW + 3));
            before.prune(NOW + 1 + Duration.ofDays(7).toMillis(), ManifestCrdt.REVOKED_WINDOW);
            ManifestCrdt after = manifest();

            List<String> problems = after.restore(before.image(), Fixtures.VERIFIER, NOW + 8 * DAY);

            assertThat(problems).isEmpty();
            assertThat(after.image()).isEqualTo(before.image());
            assertThat(after.blobs()).isEqualTo(before.blobs());
            assertThat(after.digest()).isEqualTo(before.digest());
            assertThat(after.version()).isEqualTo(before.version());
            assertThat(after.merge(active("a", 1, NOW), NOW)).isEqualTo(MergeResult.refused(Refusal.BURIED));
        }

        @Test
        void restore_alteredEntry_isAProblemAndTheRestIsTaken() {
            SignedEntry good = active("a", 1, NOW).signed();
            SignedEntry bad =
                    new SignedEntry(good.entry().toBuilder().size(5).build(), good.certificate(), good.signature());
            ManifestImage image = new ManifestImage(
                    9,
                    List.of(bad, active("b", 2, NOW).signed()),
                    List.of(),
                    Map.of(),
                    Map.of(),
                    HybridTimestamp.ZERO,
                    HybridTimestamp.ZERO);
            ManifestCrdt manifest = manifest();

            assertThat(manifest.restore(image, Fixtures.VERIFIER, NOW))
                    .singleElement()
                    .asString()
                    .contains("altered");
            assertThat(manifest.entries()).hasSize(1);
            assertThat(manifest.version()).isEqualTo(9);
        }

        @Test
        void restore_wallClockFarBehind_keepsEntriesAndDoesNotAdvanceTheClock() {
            ManifestCrdt manifest = manifest();

            manifest.restore(manifest(active("a", 1, NOW)).image(), Fixtures.VERIFIER, DAY);

            assertThat(view(manifest).isActive()).isTrue();
            assertThat(manifest.nextClock(DAY)).isEqualTo(at(DAY));
        }
    }

    private static BlobView view(ManifestCrdt manifest) {
        BlobView view = manifest.blob(blob(1));
        assertThat(view).isNotNull();
        return view;
    }

    private static void assertRefused(ManifestCrdt manifest, VerifiedEntry entry, Refusal refusal) {
        ManifestImage before = manifest.image();

        assertThat(manifest.merge(entry, NOW)).isEqualTo(MergeResult.refused(refusal));
        assertThat(manifest.image()).isEqualTo(before);
    }
}
