package dev.swarm.lockbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.lockbox.age.Recipient;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.vault.CrashingDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import dev.swarm.lockbox.vault.VaultLook;
import dev.swarm.peer.PeerId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some machines of a user over weeks. */
class TombstonesTest {

    private static final int SEEDS = 60;
    private static final AtomicInteger RUNS = new AtomicInteger();
    private static final AtomicInteger FORGOTTEN = new AtomicInteger();

    private SplittableRandom random = new SplittableRandom(1);
    private Set<Recipient> recipients = Set.of(AgeIdentity.generate(random).recipient());
    private long millis = 1_700_000_000_000L;
    private final List<Machine> machines = new ArrayList<>();

    private final class Machine {
        private final PeerId host;
        private CrashingDisk disk = new CrashingDisk();
        private CrashingDisk state = new CrashingDisk();
        private Box box;

        Machine(String host) {
            this.host = new PeerId(host);
            this.box = open();
            machines.add(this);
        }

        private Box open() {
            return new Box(
                    new Box.Place(host, state, disk),
                    new AgeFile(random, new AgeFile.Workers(Runnable::run, 1)),
                    () -> millis * 1_000_000,
                    () -> Instant.ofEpochMilli(millis),
                    random);
        }

        void passes() throws IOException {
            for (int i = 0; i < 2; i++) {
                box.pass(recipients, null, VaultLook.EVERYTHING);
                millis += 2_500;
            }
            box.prune(machines.stream()
                    .map(each -> each.host)
                    .filter(other -> !other.equals(host))
                    .toList());
        }

        void write(String name) throws IOException {
            disk.put(name, name.getBytes(StandardCharsets.UTF_8));
            passes();
        }

        void delete(String name) throws IOException {
            disk.remove(name + ".age");
            passes();
        }

        /** Starts from a backup of both of its disks. */
        void restore(CrashingDisk backupOfDisk, CrashingDisk backupOfState) {
            disk = backupOfDisk.copy();
            state = backupOfState.copy();
            box = open();
        }

        void restart() {
            restore(disk, state);
        }

        Set<String> names() {
            Set<String> names = new TreeSet<>();
            box.list().forEach(entry -> names.add(entry.path().replace(".age", "")));
            return names;
        }

        boolean hasDeleted(String name) {
            FileEntry entry = box.entry(name + ".age");
            return entry != null && !entry.isFile();
        }

        Set<String> onDisk() {
            Set<String> names = new TreeSet<>(disk.files().keySet());
            names.removeIf(path -> path.startsWith(".lockbox/"));
            return names;
        }
    }

    private final Machine a = new Machine("a");
    private final Machine b = new Machine("b");

    @Test
    void aDeletionThatAllKnow_isForgottenAfterSevenDaysAndNotBefore() throws IOException {
        a.write("x");
        a.write("y");
        meet();
        b.delete("x");
        meet();
        later(Duration.ofDays(6));
        assertThat(a.box.figures().deleted()).isEqualTo(1);
        b.restart();

        later(Duration.ofHours(25));

        for (Machine each : List.of(a, b)) {
            assertThat(each.box.figures().deleted()).isZero();
            assertThat(each.names()).containsExactly("y");
        }
        assertThat(a.box.standing().digest()).isEqualTo(b.box.standing().digest());
        a.restart();
        a.write("x");
        meet();
        assertThat(b.onDisk()).containsExactly("x.age", "y.age");
    }

    @Test
    void aDeletionThatAMachineDoesNotKnow_isKeptForIt() throws IOException {
        Machine c = new Machine("c");
        a.write("x");
        meet();
        a.delete("x");
        for (int day = 0; day < 30; day++) {
            millis += Duration.ofDays(1).toMillis();
            exchange(a, b);
            a.passes();
            b.passes();
        }
        assertThat(a.box.figures().deleted()).isEqualTo(1);

        meet();

        assertThat(c.onDisk()).isEmpty();
        assertThat(a.onDisk()).isEmpty();
    }

    @Test
    void aDeletionUpToTheHorizonThatAMachineDoesNotKnow_outlivesARestart() throws IOException {
        Machine c = new Machine("c");
        a.write("x");
        meet();
        a.delete("x");
        exchange(a, b);
        millis += Duration.ofDays(10).toMillis();
        SyncFrames.Standing mine = a.box.standing();
        a.box.hear(new SyncFrames.Standing(mine.digest(), mine.agreedAt(), mine.agreedAt(), false));
        a.passes();
        a.restart();
        a.passes();
        assertThat(a.hasDeleted("x")).isTrue();

        exchange(a, c);
        c.passes();

        assertThat(c.onDisk()).isEmpty();
    }

    @Test
    void aMachineFromAnOldBackup_bringsNothingBackAndKeepsWhatItsUserChanged() throws IOException {
        a.write("x");
        a.write("y");
        a.write("edited");
        meet();
        CrashingDisk disk = b.disk.copy();
        CrashingDisk state = b.state.copy();
        a.delete("x");
        a.delete("edited");
        meet();
        later(Duration.ofDays(8));
        a.write("z");
        assertThat(a.box.figures().deleted()).isZero();

        b.restore(disk, state);
        b.write("of the holiday");
        b.write("edited");
        meet();

        for (Machine each : List.of(a, b)) {
            assertThat(each.names()).containsExactly("edited", "of the holiday", "y", "z");
            assertThat(each.onDisk()).containsExactly("edited.age", "of the holiday.age", "y.age", "z.age");
        }
        assertThat(a.box.standing()).isEqualTo(b.box.standing());
    }

    @Test
    void machinesThatWereAllAway_loseNothing() throws IOException {
        a.write("x");
        a.write("y");
        meet();
        a.delete("x");
        meet();
        millis += Duration.ofDays(60).toMillis();
        a.restart();
        b.restart();
        b.write("z");
        meet();
        meet();

        assertThat(a.onDisk()).containsExactly("y.age", "z.age").isEqualTo(b.onDisk());
        assertThat(a.box.figures().deleted()).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void weeksWithAMachineFromABackup_loseNothingAndBringNothingBack(long seed) throws IOException {
        random = new SplittableRandom(seed);
        Weeks weeks = new Weeks(new Machine("c"));
        int forgotten = 0;
        for (int step = 0; step < 60; step++) {
            Machine one = machines.get(random.nextInt(3));
            weeks.step(one, "f" + step + " of " + one.host.host());
            int before = a.box.figures().deleted();
            one.passes();
            forgotten += Math.max(0, before - a.box.figures().deleted());
        }
        for (int i = 0; i < 4; i++) {
            meet();
        }

        Set<String> expected = weeks.expected();
        for (Machine each : machines) {
            assertThat(each.names()).as("seed %s, %s", seed, each.host).isEqualTo(expected);
            assertThat(each.box.standing().digest()).isEqualTo(a.box.standing().digest());
            assertThat(each.onDisk()).hasSameSizeAs(expected);
        }
        FORGOTTEN.addAndGet(forgotten);
        RUNS.incrementAndGet();
    }

    /** What happens on three machines, of which one is restored from backups and meets the others only all together. */
    private final class Weeks {
        private final Machine c;
        private final Set<String> written = new TreeSet<>();
        private final Set<String> deleted = new HashSet<>();
        private final Set<String> deletedByC = new HashSet<>();
        private final Set<String> met = new HashSet<>();
        private CrashingDisk disk;
        private CrashingDisk state;

        Weeks(Machine c) {
            this.c = c;
            this.disk = c.disk.copy();
            this.state = c.state.copy();
        }

        void step(Machine one, String name) throws IOException {
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    one.write(name);
                    written.add(name);
                }
                case 2 -> deleteOne(one);
                case 3 -> millis += Duration.ofHours(random.nextInt(24 * 9)).toMillis();
                case 4 -> {
                    disk = c.disk.copy();
                    state = c.state.copy();
                }
                case 5 -> {
                    if (random.nextInt(4) == 0) {
                        restore();
                    }
                }
                case 6 -> exchange(a, b);
                default -> {
                    meet();
                    met.addAll(written);
                    deleted.addAll(deletedByC);
                    deletedByC.clear();
                }
            }
        }

        Set<String> expected() {
            Set<String> expected = new TreeSet<>(written);
            expected.removeAll(deleted);
            expected.removeAll(deletedByC);
            return expected;
        }

        private void deleteOne(Machine one) throws IOException {
            List<String> names = new ArrayList<>(one.names());
            names.removeIf(name -> !one.onDisk().contains(name + ".age"));
            if (!names.isEmpty()) {
                String name = names.get(random.nextInt(names.size()));
                one.delete(name);
                (one.equals(c) ? deletedByC : deleted).add(name);
            }
        }

        private void restore() throws IOException {
            c.restore(disk, state);
            c.passes();
            Set<String> there = new HashSet<>(c.names());
            there.addAll(a.names());
            there.addAll(b.names());
            // What only this machine knew is as it was.
            deletedByC.removeIf(name -> !c.hasDeleted(name));
            written.removeIf(name -> !met.contains(name) && !there.contains(name));
        }
    }

    @AfterAll
    static void deletionsWereForgotten() {
        if (RUNS.get() == SEEDS) {
            assertThat(FORGOTTEN).hasPositiveValue();
        }
    }

    static LongStream seeds() {
        Long only = Long.getLong("swarm.seed");
        return only != null ? LongStream.of(only) : LongStream.range(0, SEEDS);
    }

    private void later(Duration time) throws IOException {
        millis += time.toMillis();
        meet();
    }

    private void meet() throws IOException {
        for (int i = 0; i < 3; i++) {
            for (Machine one : machines) {
                for (Machine other : machines) {
                    if (!one.equals(other)) {
                        exchange(one, other);
                    }
                }
            }
            for (Machine each : machines) {
                each.passes();
            }
        }
    }

    /** One asks the other, as their nodes do. */
    private static void exchange(Machine from, Machine to) throws IOException {
        boolean again = true;
        while (again) {
            SyncFrames.Standing asking = from.box.standing();
            List<FileEntry> news = List.copyOf(from.box.changedAfter(0, 10_000).values());
            to.box.hear(asking);
            if (to.box.mayTell(asking)) {
                fetch(to, from, to.box.merge(news));
            }
            SyncFrames.Standing answer = to.box.standing();
            to.box.agree(from.host, asking);
            again = from.box.hear(answer);
            if (!again) {
                from.box.agree(to.host, answer);
            }
        }
    }

    private static void fetch(Machine to, Machine from, Set<String> wanted) throws IOException {
        try (VaultFiles.Arrivals arrivals = to.box.contents().arrivals()) {
            for (String id : wanted) {
                try (InputStream content = from.box.contents().open(id)) {
                    if (content != null) {
                        arrivals.take(id, to.box.contents().wantedSize(id), content);
                    }
                }
            }
        }
    }
}
