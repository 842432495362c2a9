package dev.swarm.manifest;

import static dev.swarm.manifest.Fixtures.NOW;
import static dev.swarm.manifest.Fixtures.blob;
import static dev.swarm.manifest.Fixtures.entry;
import static dev.swarm.manifest.Fixtures.manifest;
import static dev.swarm.manifest.Fixtures.verified;
import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.Label;
import dev.swarm.crdt.HybridTimestamp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which of two words of one author and one time counts, and what a marker does to a stored one. */
class ManifestTiesTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void merge_equalTimesAndStates_theGreaterBytesCount(int number) {
        ManifestEntry one = entry("a", 1, NOW).label(new Label("one-" + number)).build();
        ManifestEntry two = entry("a", 1, NOW).label(new Label("two-" + number)).build();
        boolean first = Arrays.compareUnsigned(EntryCodec.encode(one), EntryCodec.encode(two)) > 0;

        ManifestCrdt manifest = manifest(verified(one), verified(two));

        assertThat(manifest.blob(blob(1)).label()).isEqualTo(first ? one.label() : two.label());
    }

    @Test
    void restore_entryBelowItsMarker_staysOut() {
        SignedEntry dead = Fixtures.active("a", 1, NOW).signed();
        SignedEntry live = Fixtures.active("a", 2, NOW).signed();
        ManifestImage image = new ManifestImage(
                1,
                List.of(dead, live),
                List.of(),
                Map.of(),
                Map.of(dead.key(), HybridTimestamp.of(NOW, 0)),
                HybridTimestamp.ZERO,
                HybridTimestamp.ZERO);
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());

        manifest.restore(image, Fixtures.VERIFIER, NOW);

        assertThat(manifest.entries()).containsExactly(live);
    }

    @Test
    void journal_twoMarkersOfOneEntry_theLaterCounts() throws IOException {
        EntryKey key = Fixtures.active("a", 1, NOW).signed().key();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ManifestJournal journal = new ManifestJournal(Fixtures.FLEET, new byte[ManifestJournal.SALT_BYTES]);
        journal.start(buried(key, NOW), file);
        file.writeBytes(journal.append(new ManifestChanges(buried(key, NOW - 5), List.of(), false)));

        JournalReading reading = ManifestJournal.read(file.toByteArray(), Fixtures.FLEET);

        assertThat(reading.image().buriedEntries()).containsExactly(Map.entry(key, HybridTimestamp.of(NOW, 0)));
        assertThat(reading.image().buriedBlobs()).containsExactly(Map.entry(key.blob(), HybridTimestamp.of(NOW, 0)));
    }

    private static ManifestImage buried(EntryKey key, long upTo) {
        HybridTimestamp time = HybridTimestamp.of(upTo, 0);
        return new ManifestImage(
                1,
                List.of(),
                List.of(),
                Map.of(key.blob(), time),
                Map.of(key, time),
                HybridTimestamp.ZERO,
                HybridTimestamp.ZERO);
    }
}
