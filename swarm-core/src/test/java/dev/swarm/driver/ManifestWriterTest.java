package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SwarmException;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestJson;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.ManifestView;
import dev.swarm.manifest.VerifiedEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestWriterTest {

    private static final long NOW = 1_800_000_000_000L;
    private static final long MILLI = 1_000_000L;

    @TempDir
    Path directory;

    private CrashDisk disk = new CrashDisk();
    private final ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
    private final Queue<Runnable> loop = new ArrayDeque<>();
    private final Queue<Runnable> writing = new ArrayDeque<>();
    private final AtomicLong ticker = new AtomicLong();
    private long tick = MILLI;
    private Path view;
    private ManifestWriter writer;

    @BeforeEach
    void start() {
        view = directory.resolve("manifest.json");
        writer = writer(manifest);
    }

    @Test
    void stored_change_completesOnceJournalAndViewHaveIt() throws IOException {
        writer.load(NOW);
        settle();
        CompletableFuture<?> stored = storedAfter(ModelledEntries.active("a", 1, NOW));

        assertThat(stored).isNotDone();
        writing.remove().run();
        assertThat(disk.files().get(JournalFile.NAME)).hasSizeGreaterThan(200);
        assertThat(stored).isNotDone();
        ticker.addAndGet(writer.advance());
        assertThat(writer.advance()).isEqualTo(Long.MAX_VALUE);
        writing.remove().run();

        assertThat(stored).isCompleted();
        assertThat(rows()).isEqualTo(1);
        assertThat(reread().entries()).isEqualTo(manifest.entries());
    }

    @Test
    void changed_whileAWriteIsUnderWay_areWrittenTogether() {
        writer.load(NOW);
        settle();
        int before = disk.operations();
        for (int blob = 0; blob < 10; blob++) {
            merge(ModelledEntries.active("a", blob, NOW));
        }
        settle();

        int perAppend = 2;
        assertThat(disk.operations() - before).isEqualTo(2 * perAppend);
        assertThat(reread().entries()).hasSize(10);
    }

    @Test
    void advance_viewIsDueAgain_waitsNineTimesAsLongAsTheLastTook() {
        writer.load(NOW);
        writer.advance();
        assertThat(writer.advance()).as("while one is written").isEqualTo(Long.MAX_VALUE);
        settle();
        assertThat(writer.advance()).as("nothing changed").isEqualTo(Long.MAX_VALUE);

        merge(ModelledEntries.active("a", 1, NOW));

        assertThat(writer.advance()).isBetween(1L, 9 * MILLI);
    }

    @Test
    void advance_viewTookLong_theNextStartsThreeSecondsAfterItAtTheLatest() {
        writer.load(NOW);
        settle();
        merge(ModelledEntries.active("a", 1, NOW));
        ticker.addAndGet(writer.advance());
        writing.remove().run();
        assertThat(writer.advance()).isEqualTo(Long.MAX_VALUE);
        tick = 800 * MILLI;
        writing.remove().run();
        tick = MILLI;
        loop.forEach(Runnable::run);

        merge(ModelledEntries.active("a", 2, NOW));

        assertThat(writer.advance()).isBetween(1L, 3_000 * MILLI - 800 * MILLI);
    }

    @Test
    void stored_viewWaitsItsTurn_laterChangesShareIt() {
        writer.load(NOW);
        settle();
        CompletableFuture<?> first = storedAfter(ModelledEntries.active("a", 1, NOW));
        CompletableFuture<?> second = storedAfter(ModelledEntries.active("a", 2, NOW));
        assertThat(writer.advance()).isPositive();

        ticker.addAndGet(writer.advance());
        writer.advance();
        settle();

        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
    }

    @Test
    void stored_diskFails_failsAndIsWrittenOnceTheDiskWorks() {
        writer.load(NOW);
        settle();
        disk.fail(true);
        CompletableFuture<?> stored = storedAfter(ModelledEntries.active("a", 1, NOW));
        settle();

        assertThat(stored)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(SwarmException.class)
                .withMessageContaining("could not be written to disk: no space left");
        writer.cycle();
        settle();
        disk.fail(false);
        writer.cycle();
        settle();

        assertThat(reread().entries()).isEqualTo(manifest.entries()).hasSize(1);
    }

    @Test
    void cycle_viewCouldNotBeWritten_writesItOnceItCan() throws IOException {
        writer.load(NOW);
        settle();
        Path obstacle = Files.createDirectory(directory.resolve("manifest.json.tmp"));
        merge(ModelledEntries.active("a", 1, NOW));
        settle();
        writer.cycle();
        settle();
        Files.delete(obstacle);
        assertThat(rows()).isZero();

        writer.cycle();
        settle();

        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void flush_viewCouldNotBeWritten_triesAgain() throws IOException {
        writer.load(NOW);
        settle();
        Path obstacle = Files.createDirectory(directory.resolve("manifest.json.tmp"));
        merge(ModelledEntries.active("a", 1, NOW));
        settle();
        Files.delete(obstacle);

        writer.flush(() -> {});
        settle();

        assertThat(rows()).isEqualTo(1);
    }

    @Test
    void load_viewIsADirectory_isSetAside() throws IOException {
        Files.createDirectories(view.resolve("inner"));

        writer.load(NOW);
        settle();

        assertThat(directory.resolve("manifest.json.unreadable").resolve("inner"))
                .isDirectory();
        assertThat(rows()).isZero();
    }

    @Test
    void close_changeNotWritten_failsThoseWhoWaitAndWhoWill() {
        writer.load(NOW);
        settle();
        CompletableFuture<?> stored = storedAfter(ModelledEntries.active("a", 1, NOW));

        writer.close();

        assertThat(stored).isCompletedExceptionally();
        assertThat(storedAfter(ModelledEntries.active("a", 2, NOW))).isCompletedExceptionally();
    }

    @Test
    void flush_changesAndViewNotWritten_writesBothThenTells() throws IOException {
        writer.load(NOW);
        settle();
        CompletableFuture<?> stored = storedAfter(ModelledEntries.active("a", 1, NOW));
        merge(ModelledEntries.active("b", 2, NOW));
        AtomicBoolean done = new AtomicBoolean();

        writer.flush(() -> done.set(true));
        settle();

        assertThat(done).isTrue();
        assertThat(stored).isCompleted();
        assertThat(rows()).isEqualTo(2);
        assertThat(reread().entries()).hasSize(2);
    }

    @Test
    void stored_changeAfterTheFlush_failsAsTheNodeIsClosedAndNothingMoreIsWritten() {
        writer.load(NOW);
        settle();
        writer.flush(() -> {});
        CompletableFuture<?> stored = storedAfter(ModelledEntries.active("a", 1, NOW));
        settle();

        assertThat(stored)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        SwarmException.class, e -> assertThat(e.reason()).isEqualTo(SwarmException.Reason.CLOSED));
        assertThat(reread().entries()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1_799_999, 3_599_999})
    void pruneTime_anyTimeOfAnHour_isItsBeginning(long millis) {
        long hour = 3_600_000L * 500_000;

        assertThat(ManifestWriter.pruneTime(hour + millis)).isEqualTo(hour);
    }

    @Test
    void load_revocationsOfLastWeek_stayUntilTheStoreHasBeenLookedAt() {
        manifest.merge(ModelledEntries.active("a", 1, NOW), NOW);
        manifest.merge(ModelledEntries.of("op", 1, EntryState.REVOKED, NOW + 1), NOW);

        writer.load(NOW + Duration.ofDays(8).toMillis());

        assertThat(reread().size()).isEqualTo(2);
        assertThat(reread().endedBlobs()).hasSize(1);
    }

    @Test
    void load_journalOfAnEarlierRun_saysThatAllIsThere() {
        assertThat(writer.load(NOW)).as("there was none").isFalse();

        assertThat(writer(manifest).load(NOW)).isTrue();
    }

    @Test
    void load_journalThatCouldNotBeReadOnce_neverSaysThatAllIsThereAgain() {
        disk = new CrashDisk(Map.of(JournalFile.NAME, new byte[] {1}), Integer.MAX_VALUE);

        assertThat(writer(manifest).load(NOW)).isFalse();
        assertThat(writer(manifest).load(NOW)).isFalse();
    }

    @Test
    void load_whereADamagedJournalIsKept_doesNotSayThatAllIsThere() {
        writer.load(NOW);
        Map<String, byte[]> files = new TreeMap<>(disk.files());
        files.put(JournalFile.NAME + ".damaged", new byte[] {1});
        disk = new CrashDisk(files, Integer.MAX_VALUE);

        assertThat(writer(manifest).load(NOW)).isFalse();
    }

    @Test
    void changed_byPruning_leavesTheMarkersInTheJournal() {
        manifest.merge(ModelledEntries.active("a", 1, NOW), NOW);
        manifest.merge(ModelledEntries.of("op", 1, EntryState.REVOKED, NOW + 1), NOW);
        writer.load(NOW);
        long later = NOW + Duration.ofDays(8).toMillis();

        manifest.prune(later, ManifestCrdt.REVOKED_WINDOW);
        writer.changed();
        settle();

        ManifestCrdt found = reread();
        assertThat(found.size()).isZero();
        assertThat(found.image().proofs()).hasSize(1);
        assertThat(found.merge(ModelledEntries.active("a", 1, NOW), later).isRefused())
                .isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"edited", "torn", "empty", "another format"})
    void load_viewThatIsNotAsItWasWritten_isSetAsideAndWrittenAnew(String what) throws IOException {
        writer.load(NOW);
        merge(ModelledEntries.active("a", 1, NOW));
        settle();
        byte[] good = Files.readAllBytes(view);
        byte[] bad = spoilt(what, good);
        Files.write(view, bad);

        ManifestWriter again = writer(reread());
        again.load(NOW);

        assertThat(directory.resolve("manifest.json.unreadable")).hasBinaryContent(bad);
        assertThat(view).doesNotExist();
        again.advance();
        settle();
        ManifestJson.check(Files.readAllBytes(view));
    }

    @Test
    void load_viewAsItWasWritten_staysWhereItIs() throws IOException {
        writer.load(NOW);
        settle();

        writer(ManifestCrdt.create(ManifestPolicy.defaults())).load(NOW);

        assertThat(directory.resolve("manifest.json.unreadable")).doesNotExist();
        assertThat(view).exists();
    }

    private static byte[] spoilt(String what, byte[] good) {
        String text = new String(good, StandardCharsets.UTF_8);
        return switch (what) {
            case "edited" -> text.replace("label-1", "label-2").getBytes(StandardCharsets.UTF_8);
            case "torn" -> Arrays.copyOf(good, good.length / 2);
            case "empty" -> new byte[0];
            default -> "{\"entries\":[{\"record\":\"AAAA\"}]}".getBytes(StandardCharsets.UTF_8);
        };
    }

    private ManifestWriter writer(ManifestCrdt over) {
        return new ManifestWriter(
                over,
                ModelledEntries.FLEET,
                new JournalFile(disk, ModelledEntries.FLEET, new Random(3)),
                new StateFiles(directory),
                new ManifestWriter.Threads(loop::add, writing::add, () -> ticker.getAndAdd(tick)));
    }

    private CompletableFuture<?> storedAfter(VerifiedEntry entry) {
        merge(entry);
        return writer.stored();
    }

    private void merge(VerifiedEntry entry) {
        manifest.merge(entry, NOW);
        writer.changed();
    }

    /** Runs all that is to be run, and writes the view as often as it is due. */
    private void settle() {
        long wait = writer.advance();
        while (!writing.isEmpty() || !loop.isEmpty() || wait < Long.MAX_VALUE) {
            while (!writing.isEmpty()) {
                writing.remove().run();
            }
            while (!loop.isEmpty()) {
                loop.remove().run();
            }
            wait = writer.advance();
            ticker.addAndGet(wait < Long.MAX_VALUE ? wait : 0);
        }
    }

    /** What a node that starts on the journal knows. */
    private ManifestCrdt reread() {
        ManifestCrdt found = ManifestCrdt.create(ManifestPolicy.defaults());
        CrashDisk copy = new CrashDisk(disk.files(), Integer.MAX_VALUE);
        var reading = new JournalFile(copy, ModelledEntries.FLEET, new Random(4)).load();
        assertThat(reading).isNotNull();
        assertThat(found.restore(reading.image(), ModelledEntries.VERIFIER, NOW))
                .isEmpty();
        return found;
    }

    private int rows() throws IOException {
        ManifestView read = ManifestJson.read(Files.readAllBytes(view));
        return read.rows().size();
    }
}
