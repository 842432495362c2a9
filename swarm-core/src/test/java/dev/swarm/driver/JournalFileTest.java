package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.JournalReading;
import dev.swarm.manifest.ManifestChanges;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestImage;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.SignedEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JournalFileTest {

    private static final FleetId FLEET = ModelledEntries.FLEET;
    private static final EntryVerifier VERIFIER = ModelledEntries.VERIFIER;
    private static final long NOW = 1_800_000_000_000L;
    private static final long WEEK = Duration.ofDays(8).toMillis();

    @Test
    void load_nothingThere_wantsSnapshotThenGoesOn() throws IOException {
        CrashDisk disk = new CrashDisk();
        JournalFile journal = journal(disk);

        assertThat(journal.load()).isNull();
        assertThat(journal.wantsSnapshot()).isTrue();
        assertThatThrownBy(() -> journal.append(ManifestChanges.whole(ManifestImage.EMPTY), 0))
                .isInstanceOf(IOException.class);
        journal.snapshot(ManifestImage.EMPTY);

        assertThat(journal.wantsSnapshot()).isFalse();
        assertThat(disk.files()).containsOnlyKeys(JournalFile.NAME);
    }

    /** Everything that was acknowledged is there after a crash in any operation, and after another while that is repaired. */
    @ParameterizedTest(name = "what is lost of unforced writes: {0}")
    @EnumSource(CrashDisk.Loss.class)
    void crash_inAnyOperation_keepsAllThatWasAcknowledged(CrashDisk.Loss loss) {
        int all = new Life(Map.of(), Integer.MAX_VALUE).run().disk.operations();
        assertThat(all).isGreaterThan(25);
        for (int cut = 0; cut < all; cut++) {
            Life first = new Life(Map.of(), cut).run();
            for (int state = 0; state < first.disk.directoryStates(); state++) {
                Map<String, byte[]> left = first.disk.afterCrash(loss, state);
                first.assertKept(read(left), "cut " + cut + " state " + state);
                crashAgain(first, left, loss);
            }
        }
    }

    private static void crashAgain(Life first, Map<String, byte[]> left, CrashDisk.Loss loss) {
        int all = new Life(left, Integer.MAX_VALUE).run().disk.operations();
        for (int cut = 0; cut <= all; cut++) {
            Life second = new Life(left, cut).run();
            for (int state = 0; state < second.disk.directoryStates(); state++) {
                ManifestImage found = read(second.disk.afterCrash(loss, state));
                first.assertKept(found, "second cut " + cut + " state " + state);
                second.assertKept(found, "second cut " + cut + " state " + state);
            }
        }
    }

    @Test
    void load_tornTail_isCutOffAndTheNextAppendIsRead() throws IOException {
        CrashDisk disk = new CrashDisk();
        ManifestCrdt manifest = filled(journal(disk), 3);
        byte[] whole = disk.files().get(JournalFile.NAME);
        for (int cut = 1; cut < 60; cut++) {
            byte[] torn = Arrays.copyOf(whole, whole.length - cut);
            CrashDisk again = new CrashDisk(Map.of(JournalFile.NAME, torn), Integer.MAX_VALUE);
            JournalFile journal = journal(again);

            JournalReading reading = journal.load();
            assertThat(journal.wantsSnapshot()).isFalse();
            ManifestCrdt after = manifest();
            after.restore(reading.image(), VERIFIER, NOW);
            after.merge(ModelledEntries.active("late", 99, NOW), NOW);
            journal.append(after.drainChanges(), after.size());

            assertThat(read(again.files()).entries()).hasSize(after.size()).hasSizeGreaterThan(1);
            assertThat(again.files()).containsOnlyKeys(JournalFile.NAME);
        }
        assertThat(manifest.size()).isEqualTo(3);
    }

    @Test
    void load_damageInTheMiddle_keepsTheRestAndTheDamagedFile() throws IOException {
        CrashDisk disk = new CrashDisk();
        filled(journal(disk), 5);
        byte[] damaged = disk.files().get(JournalFile.NAME);
        damaged[damaged.length / 2] ^= 1;
        CrashDisk again = new CrashDisk(Map.of(JournalFile.NAME, damaged), Integer.MAX_VALUE);
        JournalFile journal = journal(again);

        JournalReading reading = journal.load();
        assertThat(reading.problems()).hasSize(1);
        assertThat(reading.image().entries()).hasSizeBetween(4, 5);
        assertThat(again.files()).containsEntry(JournalFile.NAME + ".damaged", damaged);
        assertThat(again.files()).containsEntry(JournalFile.NAME, damaged);
        assertThat(journal.wantsSnapshot()).isTrue();
        journal.snapshot(reading.image());

        JournalReading repaired = journal(again).load();
        assertThat(repaired.problems()).isEmpty();
        assertThat(repaired.image().entries())
                .containsExactlyInAnyOrderElementsOf(reading.image().entries());
    }

    @Test
    void load_otherFleet_isKeptUnderItsNameAndComesBack() throws IOException {
        CrashDisk disk = new CrashDisk();
        filled(journal(disk), 2);
        byte[] first = disk.files().get(JournalFile.NAME);
        FleetId otherFleet = new FleetId("2".repeat(64));
        JournalFile other = new JournalFile(disk, otherFleet, new Random(1));

        assertThat(other.load()).isNull();
        other.snapshot(ManifestImage.EMPTY);

        assertThat(disk.files()).containsEntry(JournalFile.NAME + ".fleet-" + FLEET.tag(), first);
        assertThat(journal(disk).load()).isNull();
        assertThat(disk.files()).containsEntry(JournalFile.NAME + ".fleet-" + FLEET.tag(), first);
        assertThat(disk.files()).containsKey(JournalFile.NAME + ".fleet-" + otherFleet.tag());
    }

    @Test
    void load_laterFormat_isKeptUnderItsNumber() throws IOException {
        CrashDisk disk = new CrashDisk();
        filled(journal(disk), 2);
        byte[] later = disk.files().get(JournalFile.NAME);
        later[11] = 2;
        later[52 + 11] = 2;
        CrashDisk again = new CrashDisk(Map.of(JournalFile.NAME, later), Integer.MAX_VALUE);

        assertThat(journal(again).load()).isNull();

        assertThat(again.files()).containsOnlyKeys(JournalFile.NAME + ".format-2");
    }

    @Test
    void load_noJournal_isKept() {
        byte[] noise = "not a journal at all".getBytes(StandardCharsets.US_ASCII);
        CrashDisk disk = new CrashDisk(Map.of(JournalFile.NAME, noise), Integer.MAX_VALUE);

        assertThat(journal(disk).load()).isNull();

        assertThat(disk.files()).containsOnlyKeys(JournalFile.NAME + ".unreadable");
        assertThat(disk.files()).containsEntry(JournalFile.NAME + ".unreadable", noise);
    }

    @Test
    void append_afterAFailure_isRefusedUntilASnapshot() throws IOException {
        CrashDisk disk = new CrashDisk();
        JournalFile journal = journal(disk);
        ManifestCrdt manifest = filled(journal, 1);
        manifest.merge(ModelledEntries.active("a", 7, NOW), NOW);
        ManifestChanges changes = manifest.drainChanges();

        disk.fail(true);
        assertThatThrownBy(() -> journal.append(changes, 2)).hasMessage("no space left");
        disk.fail(false);

        assertThat(journal.wantsSnapshot()).isTrue();
        assertThatThrownBy(() -> journal.append(changes, 2)).hasMessageContaining("earlier write failed");
        journal.snapshot(manifest.image());
        assertThat(journal.wantsSnapshot()).isFalse();
        assertThat(read(disk.files()).entries()).hasSize(2);
    }

    @Test
    void append_mostIsOutOfDate_wantsSnapshotWhichMakesItSmall() throws IOException {
        CrashDisk disk = new CrashDisk();
        JournalFile journal = journal(disk);
        ManifestCrdt manifest = filled(journal, 2);
        long before = disk.files().get(JournalFile.NAME).length;
        boolean atClose = false;
        int rounds = 0;
        while (!journal.wantsSnapshot()) {
            rounds++;
            manifest.merge(ModelledEntries.active("a", 0, NOW + rounds), NOW + rounds);
            journal.append(manifest.drainChanges(), manifest.size());
            assertThat(journal.wantsSnapshotAtClose() || !atClose).isTrue();
            atClose = journal.wantsSnapshotAtClose();
        }

        assertThat(disk.files().get(JournalFile.NAME).length).isBetween(1 << 20, (1 << 20) + 4096);
        assertThat(atClose).isTrue();
        journal.snapshot(manifest.image());
        assertThat(disk.files().get(JournalFile.NAME).length).isBetween((int) before / 2, (int) before);
        assertThat(journal.wantsSnapshotAtClose()).isFalse();
        assertThat(read(disk.files()).entries()).containsExactlyInAnyOrderElementsOf(manifest.entries());
    }

    private static JournalFile journal(JournalDisk disk) {
        return new JournalFile(disk, FLEET, new Random(7));
    }

    private static ManifestCrdt manifest() {
        return ManifestCrdt.create(ManifestPolicy.defaults());
    }

    /** Writes a journal of so many entries, each appended by itself. */
    private static ManifestCrdt filled(JournalFile journal, int entries) throws IOException {
        ManifestCrdt manifest = manifest();
        journal.load();
        journal.snapshot(manifest.image());
        for (int i = 0; i < entries; i++) {
            manifest.merge(ModelledEntries.active("a", i, NOW), NOW);
            journal.append(manifest.drainChanges(), manifest.size());
        }
        return manifest;
    }

    private static ManifestImage read(Map<String, byte[]> files) {
        JournalReading reading =
                journal(new CrashDisk(files, Integer.MAX_VALUE)).load();
        if (reading == null) {
            return ManifestImage.EMPTY;
        }
        assertThat(reading.problems()).isEmpty();
        return reading.image();
    }

    /** A node's life with its journal: starts from what is on disk, takes changes in, and writes the journal anew twice. */
    private static final class Life {

        private final CrashDisk disk;
        private final JournalFile journal;
        private final ManifestCrdt manifest = manifest();
        private ManifestImage acknowledged = ManifestImage.EMPTY;

        Life(Map<String, byte[]> files, int operations) {
            disk = new CrashDisk(files, operations);
            journal = journal(disk);
        }

        Life run() {
            try {
                JournalReading reading = journal.load();
                if (reading != null) {
                    manifest.restore(reading.image(), VERIFIER, NOW);
                }
                int born = manifest.size();
                if (journal.wantsSnapshot()) {
                    snapshot();
                }
                merge("a", born + 1, EntryState.ACTIVE, NOW);
                merge("b", born + 2, EntryState.ACTIVE, NOW);
                merge("op", born + 1, EntryState.REVOKED, NOW + 5);
                snapshot();
                merge("b", born + 2, EntryState.REVOKED, NOW + 6);
                manifest.prune(NOW + WEEK, ManifestCrdt.REVOKED_WINDOW);
                manifest.purge(HybridTimestamp.of(NOW + 6, 0));
                append();
                merge("a", born + 3, EntryState.ACTIVE, NOW + WEEK);
                snapshot();
                merge("op", born + 4, EntryState.ACTIVE, NOW + WEEK);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("power failure");
            }
            return this;
        }

        private void merge(String author, int blob, EntryState state, long millis) throws IOException {
            manifest.merge(ModelledEntries.of(author, blob, state, millis), millis);
            append();
        }

        private void append() throws IOException {
            journal.append(manifest.drainChanges(), manifest.size());
            acknowledged = manifest.image();
        }

        private void snapshot() throws IOException {
            manifest.drainChanges();
            journal.snapshot(manifest.image());
            acknowledged = manifest.image();
        }

        /** Asserts that what a later life reads holds all that this one was told is safe. */
        void assertKept(ManifestImage read, String when) {
            ManifestCrdt found = manifest();
            assertThat(found.restore(read, VERIFIER, NOW + WEEK)).isEmpty();
            for (SignedEntry entry : acknowledged.entries()) {
                boolean kept = found.entries().contains(entry);
                boolean replaced = found.image().buriedEntries().containsKey(entry.key())
                        || found.entries().stream()
                                .anyMatch(other -> other.key().equals(entry.key())
                                        && other.entry()
                                                .clock()
                                                .isAfter(entry.entry().clock()));
                assertThat(kept || replaced).as("%s: %s", when, entry).isTrue();
            }
            ManifestImage image = found.image();
            assertThat(image.buriedBlobs()).as(when).containsAllEntriesOf(acknowledged.buriedBlobs());
            assertThat(image.buriedEntries()).as(when).containsAllEntriesOf(acknowledged.buriedEntries());
            assertThat(image.proofs()).as(when).containsAll(acknowledged.proofs());
            assertThat(image.version()).as(when).isGreaterThanOrEqualTo(acknowledged.version());
            assertThat(image.purgedUpTo().isBefore(acknowledged.purgedUpTo()))
                    .as(when)
                    .isFalse();
            assertThat(image.entries())
                    .as(when)
                    .noneMatch(entry -> acknowledged.buriedEntries().containsKey(entry.key()));
        }
    }
}
