package dev.swarm.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.swarm.blob.BlobId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeedLedgerTest {

    private static final String TERMS = "{\"target\":\"*\",\"retention\":\"7d\"}";
    private static final BlobId ONE = new BlobId(1, 1, 1, 1);
    private static final BlobId TWO = new BlobId(2, 2, 2, 2);

    private final SeedLedger ledger = new SeedLedger();

    @Test
    void scan_newFile_isHashedThenPublished() {
        SeedFile file = new SeedFile("a", 10, 1, TERMS);
        SeedTerms terms = SeedTerms.parse(TERMS);

        assertThat(ledger.scan(List.of(file))).containsExactly(new SeedLedger.Hash(file, terms));
        assertThat(ledger.hashed(file, terms, ONE)).containsExactly(new SeedLedger.Publish("a", ONE, terms));
    }

    @Test
    void scan_unchangedFile_asksForNothing() {
        place("a", 10, 1, ONE);

        assertThat(ledger.scan(List.of(new SeedFile("a", 10, 1, TERMS)))).isEmpty();
    }

    @Test
    void hashed_otherContent_revokesWhatWasThere() {
        place("a", 10, 1, ONE);
        SeedFile replaced = new SeedFile("a", 11, 2, TERMS);

        assertThat(ledger.scan(List.of(replaced))).hasOnlyElementsOfType(SeedLedger.Hash.class);
        assertThat(ledger.hashed(replaced, SeedTerms.parse(TERMS), TWO))
                .first()
                .isEqualTo(new SeedLedger.Revoke("a", ONE));
    }

    @Test
    void scan_removedFile_isRevoked() {
        place("a", 10, 1, ONE);

        assertThat(ledger.scan(List.of())).containsExactly(new SeedLedger.Revoke("a", ONE));
    }

    @Test
    void scan_removedFileThatAnotherNameStillSeeds_isKept() {
        place("a", 10, 1, ONE);
        ledger.hashed(new SeedFile("b", 10, 1, TERMS), SeedTerms.parse(TERMS), ONE);

        assertThat(ledger.scan(List.of(new SeedFile("b", 10, 1, TERMS)))).isEmpty();
    }

    @Test
    void scan_editedTerms_publishesAnewWithoutHashing() {
        place("a", 10, 1, ONE);
        String edited = TERMS.replace("7d", "30d");

        assertThat(ledger.scan(List.of(new SeedFile("a", 10, 1, edited))))
                .hasOnlyElementsOfType(SeedLedger.Publish.class);
    }

    @Test
    void scan_termsAloneOrFileAlone_isBroken() {
        ledger.scan(List.of(new SeedFile("a", -1, 0, TERMS), new SeedFile("b", 5, 0, null)));

        assertThat(ledger.broken()).containsOnlyKeys("a.swarm", "b");
    }

    @Test
    void failed_file_isTriedAgain() {
        place("a", 10, 1, ONE);
        ledger.failed("a", "disk");

        assertThat(ledger.scan(List.of(new SeedFile("a", 10, 1, TERMS)))).hasOnlyElementsOfType(SeedLedger.Hash.class);
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

    private void place(String name, long size, long modified, BlobId blob) {
        ledger.hashed(new SeedFile(name, size, modified, TERMS), SeedTerms.parse(TERMS), blob);
    }
}
