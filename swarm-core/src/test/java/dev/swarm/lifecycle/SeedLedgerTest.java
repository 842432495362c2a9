package dev.swarm.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.swarm.blob.BlobId;
import dev.swarm.manifest.EntryFate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedLedgerTest {

    private static final String TERMS = "{\"target\":\"*\",\"retention\":\"7d\"}";
    private static final BlobId ONE = new BlobId(1, 1, 1, 1);
    private static final BlobId TWO = new BlobId(2, 2, 2, 2);

    private final SeedLedger ledger = new SeedLedger();
    private final Set<BlobId> ended = new HashSet<>();
    private final Set<BlobId> lost = new HashSet<>();
    private final Set<BlobId> missing = new HashSet<>();
    private final SeedLedger.Store store = new SeedLedger.Store() {
        @Override
        public EntryFate fate(BlobId blob) {
            return ended.contains(blob) ? EntryFate.ENDED : lost.contains(blob) ? EntryFate.UNKNOWN : EntryFate.ACTIVE;
        }

        @Override
        public boolean isHere(BlobId blob) {
            return !missing.contains(blob);
        }
    };

    @Test
    void scan_newFile_isHashedThenPublished() {
        SeedFile file = new SeedFile("a", 10, 1, TERMS);
        SeedTerms terms = SeedTerms.parse(TERMS);

        assertThat(ledger.scan(List.of(file), store)).containsExactly(new SeedLedger.Hash(file, terms));
        assertThat(ledger.hashed(file, terms, ONE)).containsExactly(new SeedLedger.Publish("a", ONE, terms));
    }

    @Test
    void scan_unchangedFile_asksForNothing() {
        place("a", 10, 1, ONE);

        assertThat(ledger.scan(List.of(new SeedFile("a", 10, 1, TERMS)), store)).isEmpty();
    }

    @Test
    void hashed_otherContent_revokesWhatWasThere() {
        place("a", 10, 1, ONE);
        SeedFile replaced = new SeedFile("a", 11, 2, TERMS);

        assertThat(ledger.scan(List.of(replaced), store)).hasOnlyElementsOfType(SeedLedger.Hash.class);
        assertThat(ledger.hashed(replaced, SeedTerms.parse(TERMS), TWO))
                .first()
                .isEqualTo(new SeedLedger.Revoke("a", ONE));
    }

    @Test
    void replaced_contentOfTheSameSizeAndTime_isHashed() {
        place("a", 10, 1, ONE);
        SeedFile same = new SeedFile("a", 10, 1, TERMS);

        ledger.replaced("a", ONE);
        assertThat(ledger.scan(List.of(same), store)).isEmpty();

        ledger.replaced("a", TWO);
        assertThat(ledger.scan(List.of(same), store))
                .containsExactly(new SeedLedger.Hash(same, SeedTerms.parse(TERMS)));
    }

    @Test
    void scan_removedFile_isRevoked() {
        place("a", 10, 1, ONE);

        assertThat(ledger.scan(List.of(), store)).containsExactly(new SeedLedger.Revoke("a", ONE));
    }

    @Test
    void scan_removedFileThatAnotherNameStillSeeds_goesByThatName() {
        place("a", 10, 1, ONE);
        place("b", 10, 1, ONE);

        assertThat(ledger.scan(List.of(new SeedFile("b", 10, 1, TERMS)), store))
                .containsExactly(new SeedLedger.Publish("b", ONE, SeedTerms.parse(TERMS)));
    }

    @Test
    void hashed_contentOfAnotherName_isPublishedForBothUntilTheLaterEnd() {
        place("a", ONE, "web-*", "7d");

        assertThat(place("b", ONE, "db-*", "1d"))
                .containsExactly(new SeedLedger.Publish("b", ONE, SeedTerms.of("db-*,web-*", "7d")));
        assertThat(place("c", ONE, "mail", "0"))
                .containsExactly(new SeedLedger.Publish("c", ONE, SeedTerms.of("mail,web-*,db-*", "0")));
        assertThat(ledger.scan(List.of(file("a", "web-*", "7d"), file("b", "db-*", "1d")), store))
                .containsExactly(new SeedLedger.Publish("b", ONE, SeedTerms.of("db-*,web-*", "7d")));
    }

    @Test
    void scan_editedTermsOfOneName_arePublishedWithThoseOfTheOther() {
        place("a", ONE, "web-*", "7d");
        place("b", ONE, "db-*", "7d");

        assertThat(ledger.scan(List.of(file("a", "web-1", "7d"), file("b", "db-*", "7d")), store))
                .containsExactly(new SeedLedger.Publish("a", ONE, SeedTerms.of("web-1,db-*", "7d")));
    }

    @Test
    void hashed_targetThatCannotBeJoined_isBrokenUntilItIsEditedOrAlone() {
        place("a", ONE, "*,-web-1", "7d");

        assertThat(place("b", ONE, "web-1", "7d")).isEmpty();

        assertThat(ledger.broken()).containsOnlyKeys("b");
        assertThat(ledger.broken().get("b")).contains("same content as a", "'web-1'", "'*,-web-1'");
        List<SeedFile> both = List.of(file("a", "*,-web-1", "7d"), file("b", "web-1", "7d"));
        SeedLedger restored = new SeedLedger();
        restored.restore(ledger.toJson());
        assertThat(restored.scan(both, store)).isEmpty();
        assertThat(restored.broken()).containsOnlyKeys("b");
        assertThat(ledger.scan(List.of(both.get(0), file("b", "*,-web-1", "7d")), store))
                .containsExactly(new SeedLedger.Publish("b", ONE, SeedTerms.of("*,-web-1", "7d")));
        assertThat(restored.scan(both.subList(1, 2), store))
                .containsExactly(new SeedLedger.Publish("b", ONE, SeedTerms.of("web-1", "7d")));
    }

    @Test
    void scan_editedToATargetThatCannotBeJoined_isBrokenAndTheOthersGoOn() {
        place("a", ONE, "web-*", "7d");
        place("b", ONE, "db-*", "7d");

        assertThat(ledger.scan(List.of(file("a", "-web-1", "7d"), file("b", "db-*", "7d")), store))
                .isEmpty();
        assertThat(ledger.broken().get("a")).contains("same content as b");
    }

    @Test
    void scan_entryEndedOfContentWithABrokenName_takesThatAwayToo() {
        place("a", ONE, "*,-web-1", "7d");
        place("b", ONE, "web-1", "7d");
        ended.add(ONE);

        assertThat(ledger.scan(List.of(file("a", "*,-web-1", "7d"), file("b", "web-1", "7d")), store))
                .containsExactly(new SeedLedger.TakeAway("a", ONE), new SeedLedger.TakeAway("b", ONE));
    }

    @Test
    void scan_nameThatMeantAllRemoved_publishesTheNewestThatCanBe() {
        place("a", ONE, "-web-1", "7d");
        place("b", ONE, "*", "7d");
        place("c", ONE, "-web-2", "7d");

        assertThat(ledger.scan(List.of(file("a", "-web-1", "7d"), file("c", "-web-2", "7d")), store))
                .containsExactly(new SeedLedger.Publish("a", ONE, SeedTerms.of("-web-1", "7d")));
        assertThat(ledger.broken()).containsOnlyKeys("c");
    }

    @Test
    void scan_removedFileWhoseEntryIsActiveYet_isRevokedAgainAlsoAfterARestart() {
        place("a", 10, 1, ONE);
        SeedLedger.Revoke revoke = new SeedLedger.Revoke("a", ONE);
        assertThat(ledger.scan(List.of(), store)).containsExactly(revoke);
        ledger.notRevoked("a", ONE, "the clock is wrong");

        assertThat(ledger.broken().values()).containsExactly("is gone and stays distributed: the clock is wrong");
        assertThat(ledger.scan(List.of(), store)).containsExactly(revoke);
        assertThat(ledger.broken()).isEmpty();
        SeedLedger restored = new SeedLedger();
        restored.restore(ledger.toJson());
        assertThat(restored.scan(List.of(), store)).containsExactly(revoke);

        ended.add(ONE);
        assertThat(restored.scan(List.of(), store)).isEmpty();
        ended.clear();
        assertThat(restored.scan(List.of(), store)).as("once it has ended").isEmpty();
    }

    @Test
    void scan_replacedFileWhoseOldEntryIsActiveYet_revokesThatAndLeavesTheNewOneSound() {
        place("a", 10, 1, ONE);
        SeedFile replaced = new SeedFile("a", 11, 2, TERMS);
        ledger.scan(List.of(replaced), store);
        ledger.hashed(replaced, SeedTerms.parse(TERMS), TWO);
        ledger.published("a");
        ledger.notRevoked("a", ONE, "the clock is wrong");

        assertThat(ledger.broken()).doesNotContainKey("a").hasSize(1);
        assertThat(ledger.scan(List.of(replaced), store)).containsExactly(new SeedLedger.Revoke("a", ONE));
    }

    @Test
    void scan_removedFilePlacedAgainBeforeItsEntryEnded_isNotRevoked() {
        place("a", 10, 1, ONE);
        ledger.scan(List.of(), store);
        ledger.notRevoked("a", ONE, "the clock is wrong");
        SeedFile again = new SeedFile("b", 10, 3, TERMS);
        ledger.scan(List.of(again), store);
        ledger.hashed(again, SeedTerms.parse(TERMS), ONE);
        ledger.published("b");

        assertThat(ledger.scan(List.of(again), store)).isEmpty();
    }

    @Test
    void scan_removedUnderAllNames_isRevokedOnce() {
        place("a", 10, 1, ONE);
        place("b", 10, 1, ONE);

        assertThat(ledger.scan(List.of(), store)).containsExactly(new SeedLedger.Revoke("b", ONE));
    }

    @Test
    void scan_editedTerms_publishesAnewWithoutHashing() {
        place("a", 10, 1, ONE);
        String edited = TERMS.replace("7d", "30d");

        assertThat(ledger.scan(List.of(new SeedFile("a", 10, 1, edited)), store))
                .hasOnlyElementsOfType(SeedLedger.Publish.class);
    }

    @Test
    void scan_entryEndedElsewhere_takesTheSeedAwayUnderAllItsNamesUntilThatIsDone() {
        place("a", 10, 1, ONE);
        place("b", 10, 1, ONE);
        ended.add(ONE);
        List<SeedFile> listing = List.of(new SeedFile("a", 10, 1, TERMS), new SeedFile("b", 10, 1, TERMS));

        assertThat(ledger.scan(listing, store))
                .containsExactly(new SeedLedger.TakeAway("a", ONE), new SeedLedger.TakeAway("b", ONE));
        assertThat(ledger.scan(listing, store)).hasSize(2);
        ledger.takenAway("a");
        ledger.takenAway("b");
        assertThat(ledger.isSeeded(ONE)).isFalse();
    }

    @Test
    void scan_entryEndedAndFileBuriedAlready_takesItsTermsAway() {
        place("a", 10, 1, ONE);
        ended.add(ONE);

        assertThat(ledger.scan(List.of(new SeedFile("a", -1, 0, TERMS)), store))
                .containsExactly(new SeedLedger.TakeAway("a", ONE));
    }

    @Test
    void stays_endedSeed_isBrokenAndTakenAwayAtTheNextScan() {
        place("a", 10, 1, ONE);
        ended.add(ONE);
        List<SeedFile> listing = List.of(new SeedFile("a", 10, 1, TERMS));
        ledger.scan(listing, store);

        ledger.stays("a", "the disk is read-only");

        assertThat(ledger.broken()).containsExactly(Map.entry("a", "the disk is read-only"));
        assertThat(ledger.scan(listing, store)).containsExactly(new SeedLedger.TakeAway("a", ONE));
        assertThat(ledger.broken()).isEmpty();
    }

    @Test
    void scan_sameContentPlacedAgainAfterItsEnd_isANewSeed() {
        place("a", 10, 1, ONE);
        ended.add(ONE);
        ledger.takenAway("a");
        SeedFile again = new SeedFile("a", 10, 1, TERMS);

        assertThat(ledger.scan(List.of(again), store)).hasOnlyElementsOfType(SeedLedger.Hash.class);
        assertThat(ledger.hashed(again, SeedTerms.parse(TERMS), ONE)).hasOnlyElementsOfType(SeedLedger.Publish.class);
    }

    @Test
    void scan_contentPlacedAgainBesideAFileOfWhatEnded_takesThatAwayFirst() {
        place("z", 10, 1, ONE);
        ended.add(ONE);
        SeedFile again = new SeedFile("a", 10, 2, TERMS);

        assertThat(ledger.scan(List.of(again, new SeedFile("z", 10, 1, TERMS)), store))
                .containsExactly(new SeedLedger.TakeAway("z", ONE), new SeedLedger.Hash(again, SeedTerms.parse(TERMS)));
    }

    @Test
    void scan_contentThatTheStoreLost_isListedAgain() {
        place("a", 10, 1, ONE);
        missing.add(ONE);

        SeedFile file = new SeedFile("a", 10, 1, TERMS);
        assertThat(ledger.scan(List.of(file), store))
                .containsExactly(new SeedLedger.Relink(file, SeedTerms.parse(TERMS), ONE));
    }

    @Test
    void scan_publishedSeedWithoutAnEntry_isPublishedWithoutHashing() {
        place("a", 10, 1, ONE);
        lost.add(ONE);

        assertThat(ledger.scan(List.of(new SeedFile("a", 10, 1, TERMS)), store))
                .containsExactly(new SeedLedger.Publish("a", ONE, SeedTerms.parse(TERMS)));
    }

    @Test
    void scan_contentOfTwoNamesWithoutAnEntry_isPublishedOnceUnderTheLatestForBoth() {
        place("b", ONE, "web-*", "7d");
        place("a", ONE, "db-*", "1d");
        lost.add(ONE);

        assertThat(ledger.scan(List.of(file("a", "db-*", "1d"), file("b", "web-*", "7d")), store))
                .containsExactly(new SeedLedger.Publish("a", ONE, SeedTerms.of("db-*,web-*", "7d")));
    }

    @Test
    void scan_contentThatAnOlderNameWasGivenLater_goesByThatNameAlsoAfterARestart() {
        place("a", 10, 1, TWO);
        place("b", 10, 1, ONE);
        place("a", 11, 2, ONE);
        ended.add(TWO);
        lost.add(ONE);
        SeedLedger restored = new SeedLedger();
        restored.restore(ledger.toJson());

        for (SeedLedger each : List.of(ledger, restored)) {
            assertThat(each.scan(List.of(new SeedFile("a", 11, 2, TERMS), new SeedFile("b", 10, 1, TERMS)), store))
                    .containsExactly(new SeedLedger.Publish("a", ONE, SeedTerms.parse(TERMS)));
        }
    }

    @Test
    void scan_seedWithoutAnEntryOfWhichOneFileIsReplaced_isPublishedUnderTheOther() {
        place("a", 10, 1, ONE);
        place("b", 10, 1, ONE);
        lost.add(ONE);
        SeedFile replaced = new SeedFile("b", 11, 2, TERMS);

        assertThat(ledger.scan(List.of(new SeedFile("a", 10, 1, TERMS), replaced), store))
                .containsExactly(
                        new SeedLedger.Hash(replaced, SeedTerms.parse(TERMS)),
                        new SeedLedger.Publish("a", ONE, SeedTerms.parse(TERMS)));
    }

    @Test
    void failed_fileThenRemoved_revokesWhatItHeldBefore() {
        place("a", 10, 1, ONE);
        ledger.failed("a", "changed while it was read");

        assertThat(ledger.scan(List.of(), store)).containsExactly(new SeedLedger.Revoke("a", ONE));
    }

    @Test
    void refused_file_isPublishedAtTheNextScanWithoutHashing() {
        place("a", 10, 1, ONE);
        ledger.refused("a", "blocked");

        assertThat(ledger.broken()).containsEntry("a", "blocked");
        assertThat(ledger.scan(List.of(new SeedFile("a", 10, 1, TERMS)), store))
                .hasOnlyElementsOfType(SeedLedger.Publish.class);
    }

    @Test
    void restore_ofWhatWasKept_knowsTheSame() {
        place("a", 10, 1, ONE);
        place("b", 11, 2, TWO);
        ledger.refused("b", "blocked");
        SeedLedger restored = new SeedLedger();
        restored.restore(ledger.toJson());

        assertThat(restored.toJson()).isEqualTo(ledger.toJson());
        assertThat(restored.scan(List.of(new SeedFile("b", 11, 2, TERMS)), store))
                .containsExactly(
                        new SeedLedger.Publish("b", TWO, SeedTerms.parse(TERMS)), new SeedLedger.Revoke("a", ONE));
    }

    @Test
    void scan_withheldFile_isPassedOverUntilItIsReleased() {
        place("a", 10, 1, ONE);
        SeedFile replaced = new SeedFile("a", 11, 2, TERMS);

        assertThat(ledger.withhold("a")).isTrue();
        assertThat(ledger.withhold("a")).isFalse();
        assertThat(ledger.scan(List.of(replaced), store)).isEmpty();
        assertThat(ledger.scan(List.of(), store)).isEmpty();
        ledger.release("a");
        assertThat(ledger.scan(List.of(replaced), store)).hasOnlyElementsOfType(SeedLedger.Hash.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"a\":1}", "{\"a\":{\"size\":1}}"})
    void restore_malformed_isRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ledger.restore(text));
    }

    @Test
    void scan_termsAloneOrFileAlone_isBroken() {
        ledger.scan(List.of(new SeedFile("a", -1, 0, TERMS), new SeedFile("b", 5, 0, null)), store);

        assertThat(ledger.broken()).containsOnlyKeys("a.swarm", "b");
    }

    @Test
    void scan_termsThatCannotBeRead_isBrokenAndWhatWasPublishedCountsOn() {
        place("a", 10, 1, ONE);

        assertThat(ledger.scan(List.of(new SeedFile("a", 10, 1, null, "is no regular file")), store))
                .isEmpty();

        assertThat(ledger.broken()).containsExactly(Map.entry("a", "a.swarm is no regular file"));
        assertThat(ledger.isSeeded(ONE)).isTrue();
    }

    @Test
    void failed_file_isTriedAgain() {
        place("a", 10, 1, ONE);
        ledger.failed("a", "disk");

        assertThat(ledger.scan(List.of(new SeedFile("a", 10, 1, TERMS)), store))
                .hasOnlyElementsOfType(SeedLedger.Hash.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"target\":\"*\"}",
                "{\"target\":\"\",\"retention\":\"7d\"}",
                "{\"target\":\"*\",\"retention\":\"soon\"}",
                "{\"target\":\"*\",\"retention\":7}",
                "{\"target\":\"*\",\"retention\":\"7d\",\"ttl\":1}",
                "{\"target\":\"*\",\"target\":\"x\",\"retention\":\"7d\"}",
                "{\"target\":\"*\",\"retention\":\"7d\"} x"
            })
    void terms_malformed_areRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> SeedTerms.parse(text));
    }

    private List<SeedLedger.Step> place(String name, BlobId blob, String target, String retention) {
        List<SeedLedger.Step> steps =
                ledger.hashed(file(name, target, retention), SeedTerms.of(target, retention), blob);
        if (!steps.isEmpty()) {
            ledger.published(name);
        }
        return steps;
    }

    private static SeedFile file(String name, String target, String retention) {
        return new SeedFile(name, 10, 1, SeedTerms.of(target, retention).toJson());
    }

    private void place(String name, long size, long modified, BlobId blob) {
        ledger.hashed(new SeedFile(name, size, modified, TERMS), SeedTerms.parse(TERMS), blob);
        ledger.published(name);
    }
}
