package dev.swarm.manifest;

import static dev.swarm.manifest.Fixtures.DAY;
import static dev.swarm.manifest.Fixtures.FLEET;
import static dev.swarm.manifest.Fixtures.NOW;
import static dev.swarm.manifest.Fixtures.VERIFIER;
import static dev.swarm.manifest.Fixtures.active;
import static dev.swarm.manifest.Fixtures.at;
import static dev.swarm.manifest.Fixtures.entry;
import static dev.swarm.manifest.Fixtures.manifest;
import static dev.swarm.manifest.Fixtures.revoked;
import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.JournalReading.State;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Role;
import dev.swarm.transport.TestFleet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestJournalTest {

    private static final byte[] SALT = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** A file with records of every kind, some of them appended. */
    private static final byte[] FILE = file();

    private static final List<Integer> FRAMES = frames(FILE);

    @Test
    void read_snapshot_givesTheSameManifest() {
        ManifestCrdt before = everything();

        JournalReading reading = ManifestJournal.read(new Written(before).bytes(), FLEET);

        assertThat(reading.state()).isEqualTo(State.READ);
        assertThat(reading.problems()).isEmpty();
        assertThat(reading.tornBytes()).isZero();
        assertThat(restored(reading)).isEqualTo(before.image());
        assertThat(before.image().proofs()).isNotEmpty();
        assertThat(before.image().buriedBlobs()).isNotEmpty();
        assertThat(before.image().buriedEntries()).isNotEmpty();
        assertThat(before.image().horizon()).isNotEqualTo(HybridTimestamp.ZERO);
        assertThat(before.image().purgedUpTo()).isNotEqualTo(HybridTimestamp.ZERO);
    }

    static LongStream seeds() {
        return Fixtures.seeds();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void read_afterAnyChangesAndGoingOnAfterReading_givesTheSameManifest(long seed) {
        Random random = new Random(seed);
        ManifestCrdt manifest = manifest();
        Written written = new Written(manifest);
        long now = NOW;
        for (int step = 0; step < 60; step++) {
            now += random.nextInt(2) * DAY + 1;
            change(manifest, random, now);
            if (random.nextInt(3) > 0) {
                written.append(manifest.drainChanges());
            }
            if (random.nextInt(8) == 0) {
                written.append(manifest.drainChanges());
                written = written.readAgain();
            }
        }
        written.append(manifest.drainChanges());

        JournalReading reading = ManifestJournal.read(written.bytes(), FLEET);

        assertThat(reading.problems()).isEmpty();
        assertThat(restored(reading)).isEqualTo(manifest.image());
    }

    @Test
    void append_certificateThatTheFileHas_isNotWrittenAgain() {
        ManifestCrdt manifest = manifest(active("a", 1, NOW));
        Written written = new Written(manifest);
        manifest.merge(active("a", 2, NOW), NOW);

        int fresh = written.append(manifest.drainChanges());

        assertThat(certificates(frames(written.bytes()), written.bytes())).isEqualTo(2);
        assertThat(fresh).isLessThan(active("a", 2, NOW).signed().encode().length + 100);
    }

    @Test
    void read_cutAtEveryByte_keepsEveryRecordThatIsWhole() {
        for (int length = JournalHeader.COPY_BYTES; length <= FILE.length; length++) {
            JournalReading reading = ManifestJournal.read(Arrays.copyOf(FILE, length), FLEET);

            int end = lastEnd(length);
            assertThat(reading.state()).as("%s bytes", length).isEqualTo(State.READ);
            if (length >= JournalHeader.BYTES) {
                assertThat(reading.problems()).as("%s bytes", length).isEmpty();
                assertThat(reading.end()).as("%s bytes", length).isEqualTo(end);
                assertThat(reading.tornBytes()).as("%s bytes", length).isEqualTo(length - end);
            }
            assertThat(keys(reading)).as("%s bytes", length).isEqualTo(keysUpTo(end));
        }
    }

    @Test
    void read_cutInsideTheHeader_isNoJournal() {
        for (int length = 0; length < JournalHeader.COPY_BYTES; length++) {
            assertThat(ManifestJournal.read(Arrays.copyOf(FILE, length), FLEET).state())
                    .isEqualTo(State.NO_JOURNAL);
        }
    }

    @ParameterizedTest(name = "xor {0}")
    @ValueSource(ints = {0x01, 0x80, 0x55, 0xff})
    void read_anyByteAltered_losesAtMostItsRecordAndNamesIt(int pattern) {
        for (int at = 0; at < FILE.length; at++) {
            byte[] altered = FILE.clone();
            altered[at] ^= (byte) pattern;

            JournalReading reading = ManifestJournal.read(altered, FLEET);

            assertThat(reading.state()).as("byte %s", at).isEqualTo(State.READ);
            assertThat(reading.image()).as("byte %s", at).isEqualTo(imageWithout(at));
            assertLossIsTold(reading, at);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(ints = {0x00, 0xff})
    void read_anyByteReplaced_losesAtMostItsRecord(int value) {
        for (int at = 0; at < FILE.length; at++) {
            byte[] altered = FILE.clone();
            altered[at] = (byte) value;

            JournalReading reading = ManifestJournal.read(altered, FLEET);

            boolean same = Arrays.equals(altered, FILE);
            assertThat(reading.image()).as("byte %s", at).isEqualTo(same ? wholeImage() : imageWithout(at));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void read_runsOfRandomDamage_keepsWhatIsNotHit(long seed) {
        Random random = new Random(seed);
        byte[] altered = FILE.clone();
        int from = JournalHeader.BYTES + random.nextInt(FILE.length - JournalHeader.BYTES);
        int to = Math.min(FILE.length, from + 1 + random.nextInt(700));
        byte[] noise = new byte[to - from];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, altered, from, noise.length);

        JournalReading reading = ManifestJournal.read(altered, FLEET);

        assertThat(reading.image())
                .isEqualTo(imageOf(FRAMES.stream()
                        .filter(frame -> frame + JournalFrames.length(FILE, frame) <= from || frame >= to)
                        .toList()));
    }

    @Test
    void read_zeroesAtTheEnd_areATornTail() {
        JournalReading reading = ManifestJournal.read(Arrays.copyOf(FILE, FILE.length + 4096), FLEET);

        assertThat(reading.problems()).isEmpty();
        assertThat(reading.tornBytes()).isEqualTo(4096);
        assertThat(reading.image()).isEqualTo(wholeImage());
    }

    @Test
    void read_recordHiddenInADamagedEntry_isNotTaken() {
        VerifiedEntry victim = active("b", 2, NOW);
        byte[] removal = ByteBuffer.allocate(37)
                .put(victim.entry().blob().toBytes())
                .putInt(1)
                .put((byte) 'b')
                .array();
        byte[] forged = new JournalFrames(new byte[ManifestJournal.SALT_BYTES]).seal(JournalKind.REMOVAL, removal);
        byte[] genuine = new JournalFrames(SALT).seal(JournalKind.REMOVAL, removal);

        assertThat(keysAfterDamageAround(victim, forged))
                .contains(victim.entry().key());
        assertThat(keysAfterDamageAround(victim, genuine))
                .doesNotContain(victim.entry().key());
    }

    /** The keys left in a file whose second entry has something in its signature, and a damaged beginning. */
    private static List<EntryKey> keysAfterDamageAround(VerifiedEntry victim, byte[] hidden) {
        Written written = new Written(manifest(victim));
        SignedEntry carrier = active("a", 1, NOW).signed();
        SignedEntry carrying = new SignedEntry(carrier.entry(), carrier.certificate(), hidden);
        int before = written.bytes().length;
        written.append(new ManifestChanges(image(List.of(carrying)), List.of(), false));
        byte[] file = written.bytes();
        int frame = frames(file).stream()
                .filter(at -> at >= before && JournalFrames.kindCode(file, at) == JournalKind.ENTRY.code())
                .findFirst()
                .orElseThrow();
        file[frame] ^= 1;
        return keys(ManifestJournal.read(file, FLEET));
    }

    @Test
    void read_otherFleet_readsNothingAndNamesIt() {
        JournalReading reading = ManifestJournal.read(FILE, new FleetId("2".repeat(64)));

        assertThat(reading.state()).isEqualTo(State.OTHER_FLEET);
        assertThat(reading.fleetTag()).isEqualTo("1".repeat(16));
        assertThat(reading.image()).isEqualTo(ManifestImage.EMPTY);
        assertThat(reading.journal()).isNull();
    }

    @Test
    void read_laterFormat_readsNothingAndNamesIt() {
        byte[] later = FILE.clone();
        later[11] = 2;
        later[JournalHeader.COPY_BYTES + 11] = 2;

        JournalReading reading = ManifestJournal.read(later, FLEET);

        assertThat(reading.state()).isEqualTo(State.LATER_FORMAT);
        assertThat(reading.format()).isEqualTo(2);
        assertThat(reading.image()).isEqualTo(ManifestImage.EMPTY);
    }

    @Test
    void read_unknownNote_isKeptInTheNextFile() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ManifestJournal journal = new ManifestJournal(FLEET, SALT);
        journal.found("colour", new byte[] {7});
        journal.start(ManifestImage.EMPTY, file);
        ByteArrayOutputStream next = new ByteArrayOutputStream();

        ManifestJournal read = ManifestJournal.read(file.toByteArray(), FLEET).journal();
        read.next(FLEET, SALT).start(ManifestImage.EMPTY, next);

        assertThat(ManifestJournal.read(next.toByteArray(), FLEET).journal().note("colour"))
                .containsExactly(7);
    }

    @Test
    void liveBytes_entriesReplacedAgainAndAgain_stayAboutTheSame() {
        ManifestCrdt manifest = manifest(active("a", 1, NOW), active("a", 2, NOW));
        Written written = new Written(manifest);
        long live = written.journal.liveBytes(manifest.size());

        for (int round = 1; round <= 100; round++) {
            manifest.merge(active("a", 1, NOW + round), NOW + round);
            written.append(manifest.drainChanges());
        }

        assertThat(written.journal.bytes()).isEqualTo(written.bytes().length).isGreaterThan(10 * live);
        assertThat(written.journal.liveBytes(manifest.size())).isBetween(live - 40, live + 40);
        assertThat(ManifestJournal.read(written.bytes(), FLEET).journal().liveBytes(manifest.size()))
                .isEqualTo(written.journal.liveBytes(manifest.size()));
    }

    @Test
    void restore_realCertificates_rolesAreKnownAndExpiryDoesNotMatter() {
        TestFleet fleet = new TestFleet("journal");
        FleetId id = FleetId.of(fleet.authority());
        NodeCredentials operator = fleet.node("op-1.example", Role.OPERATOR);
        NodeCredentials expired = fleet.issue("old.example").expired().build();
        List<SignedEntry> entries = new ArrayList<>();
        for (NodeCredentials author : List.of(operator, expired)) {
            String host = author.equals(operator) ? "op-1.example" : "old.example";
            entries.add(EntrySigner.of(author.key(), author.certificate(), id)
                    .sign(entry(host, entries.size(), NOW).build()));
        }
        SignedEntry foreign = new SignedEntry(
                entry("c", 7, NOW).build(),
                entries.get(0).certificate(),
                entries.get(0).signature());
        entries.add(foreign);
        ManifestCrdt manifest = manifest();

        List<String> problems =
                manifest.restore(ManifestJournal.read(new Written(id, image(entries)).bytes(), id), NOW);

        assertThat(problems).singleElement().asString().contains("the certificate is that of op-1.example");
        assertThat(manifest.entry(entries.get(0).key()).isByOperator()).isTrue();
        assertThat(manifest.entry(entries.get(1).key()).roles()).isEmpty();
        assertThat(manifest.drainChanges().now().entries()).isEmpty();
    }

    @Test
    void drainChanges_moreThanAreRemembered_isTheWholeManifest() {
        ManifestCrdt manifest = manifest(active("b", 0, NOW));
        manifest.drainChanges();
        for (int blob = 1; blob <= 10; blob++) {
            manifest.merge(active("a", blob, NOW), NOW);
        }
        assertThat(manifest.drainChanges().now().entries()).hasSize(10);
        assertThat(manifest.drainChanges().now().entries()).isEmpty();

        for (int blob = 1; blob <= ChangeLog.MAX_PARTS + 1; blob++) {
            ((ColumnManifest) manifest).merge(active("co", blob, NOW + 1), NOW);
        }

        ManifestChanges changes = manifest.drainChanges();
        assertThat(changes.whole()).isTrue();
        assertThat(changes.now()).isEqualTo(manifest.image());
        assertThat(manifest.drainChanges().whole()).isFalse();
    }

    private static void change(ManifestCrdt manifest, Random random, long now) {
        int blob = random.nextInt(8);
        String author = List.of("a", "b", "op", "co").get(random.nextInt(4));
        switch (random.nextInt(7)) {
            case 0, 1, 2 -> manifest.merge(active(author, blob, now), now);
            case 3, 4 -> manifest.merge(revoked(author, blob, now), now);
            case 5 -> manifest.prune(now, Duration.ofDays(3));
            default -> {
                manifest.purge(at(now - random.nextInt(5) * DAY));
                if (random.nextInt(4) == 0) {
                    manifest.forgetMarkersBefore(at(now - 10 * DAY));
                }
            }
        }
    }

    private static ManifestCrdt everything() {
        ManifestCrdt manifest = manifest(
                active("a", 1, NOW - 1),
                revoked("op", 1, NOW),
                active("b", 2, NOW + 1),
                revoked("a", 4, NOW),
                active("op", 3, NOW + 2));
        manifest.forgetMarkersBefore(at(NOW - DAY));
        manifest.prune(NOW + 8 * DAY, ManifestCrdt.REVOKED_WINDOW);
        manifest.purge(at(NOW + 5));
        return manifest;
    }

    private static byte[] file() {
        ManifestCrdt manifest = everything();
        Written written = new Written(manifest);
        manifest.merge(active("a", 5, NOW + 3), NOW + 3);
        written.append(manifest.drainChanges());
        manifest.merge(revoked("b", 2, NOW + 4), NOW + 4);
        manifest.merge(active("co", 6, NOW + 4), NOW + 4);
        written.append(manifest.drainChanges());
        manifest.prune(NOW + 9 * DAY, ManifestCrdt.REVOKED_WINDOW);
        manifest.purge(at(NOW + 6));
        written.append(manifest.drainChanges());
        manifest.merge(active("op", 7, NOW + 9), NOW + 9);
        written.append(manifest.drainChanges());
        return written.bytes();
    }

    private static ManifestImage image(List<SignedEntry> entries) {
        return new ManifestImage(1, entries, List.of(), Map.of(), Map.of(), HybridTimestamp.ZERO, HybridTimestamp.ZERO);
    }

    private static ManifestImage restored(JournalReading reading) {
        ManifestCrdt manifest = manifest();
        assertThat(manifest.restore(reading.image(), VERIFIER, NOW + 500 * DAY)).isEmpty();
        return manifest.image();
    }

    private static List<Integer> frames(byte[] file) {
        List<Integer> frames = new ArrayList<>();
        for (int at = JournalHeader.BYTES; at < file.length; at += JournalFrames.length(file, at)) {
            frames.add(at);
        }
        return frames;
    }

    private static long certificates(List<Integer> frames, byte[] file) {
        return frames.stream()
                .filter(at -> JournalFrames.kindCode(file, at) == JournalKind.CERTIFICATE.code())
                .count();
    }

    private static int lastEnd(int length) {
        return FRAMES.stream()
                .map(at -> at + JournalFrames.length(FILE, at))
                .filter(end -> end <= length)
                .max(Integer::compare)
                .orElse(Math.min(length, JournalHeader.BYTES));
    }

    /** What a file of nothing but these records of {@link #FILE} means. */
    private static ManifestImage imageOf(List<Integer> frames) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(FILE, 0, JournalHeader.BYTES);
        frames.forEach(at -> file.write(FILE, at, JournalFrames.length(FILE, at)));
        JournalReading reading = ManifestJournal.read(file.toByteArray(), FLEET);
        return reading.image();
    }

    private static ManifestImage wholeImage() {
        return imageOf(FRAMES);
    }

    private static ManifestImage imageWithout(int hit) {
        return imageOf(FRAMES.stream().filter(frame -> !isIn(frame, hit)).toList());
    }

    private static boolean isIn(int frame, int at) {
        return frame <= at && at < frame + JournalFrames.length(FILE, frame);
    }

    private static void assertLossIsTold(JournalReading reading, int at) {
        int start = FRAMES.stream().filter(frame -> isIn(frame, at)).findFirst().orElse(0);
        boolean torn = reading.tornBytes() > 0;
        if (torn) {
            assertThat(start).as("byte %s", at).isEqualTo(FRAMES.get(FRAMES.size() - 1));
            assertThat(reading.end()).isEqualTo(start);
        } else if (start == 0) {
            assertThat(reading.problems()).singleElement().asString().contains("header");
        } else {
            assertThat(reading.problems()).singleElement().asString().contains("byte " + start + " ");
        }
    }

    /** The entries that the records before a place leave, by key; those whose certificate comes later are not among them. */
    private static List<EntryKey> keysUpTo(int end) {
        List<Integer> whole = FRAMES.stream()
                .filter(at -> at + JournalFrames.length(FILE, at) <= end)
                .toList();
        return imageOf(whole).entries().stream().map(SignedEntry::key).toList();
    }

    private static List<EntryKey> keys(JournalReading reading) {
        return reading.image().entries().stream().map(SignedEntry::key).toList();
    }

    /** A file that grows. */
    private static final class Written {

        private final ByteArrayOutputStream file = new ByteArrayOutputStream();
        private final ManifestJournal journal;

        Written(ManifestCrdt manifest) {
            this(FLEET, manifest.image());
            manifest.drainChanges();
        }

        Written(FleetId fleet, ManifestImage image) {
            journal = new ManifestJournal(fleet, SALT);
            try {
                journal.start(image, file);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private Written(byte[] bytes, ManifestJournal journal) {
            file.writeBytes(bytes);
            this.journal = journal;
        }

        /** How many bytes it took. */
        int append(ManifestChanges changes) {
            byte[] records = journal.append(changes);
            file.writeBytes(records);
            return records.length;
        }

        Written readAgain() {
            return new Written(bytes(), ManifestJournal.read(bytes(), FLEET).journal());
        }

        byte[] bytes() {
            return file.toByteArray();
        }
    }
}
