package dev.swarm.lockbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.lockbox.age.AgeException;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.lockbox.age.Recipient;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.vault.CrashingDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import dev.swarm.lockbox.vault.VaultLook;
import dev.swarm.peer.PeerId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two machines of a user, stopped at any step while files are dropped, renamed and swapped on both. */
class BoxCrashTest {

    private SplittableRandom random = new SplittableRandom(1);
    private Set<Recipient> recipients = Set.of();
    private @Nullable AgeIdentity key;
    private long millis = 1_700_000_000_000L;

    private final class Machine {
        private final String host;
        private final CrashingDisk disk = new CrashingDisk();
        private final CrashingDisk state = new CrashingDisk(disk);
        private Box box;

        Machine(String host) {
            this.host = host;
            this.box = open();
        }

        private Box open() {
            return new Box(
                    new Box.Place(new PeerId(host), state, disk),
                    new AgeFile(random, new AgeFile.Workers(Runnable::run, 1)),
                    () -> millis * 1_000_000,
                    () -> Instant.ofEpochMilli(millis),
                    random);
        }

        void passes() throws IOException {
            for (int i = 0; i < 2; i++) {
                Set<String> changed = disk.changedPaths();
                box.pass(recipients, key, random.nextBoolean() ? VaultLook.EVERYTHING : VaultLook.at(changed));
                millis += 2_500;
            }
        }

        void restart(boolean powerWasCut) {
            disk.restart(powerWasCut, random);
            state.restart(powerWasCut, random);
            box = open();
        }

        /** Passes that may be stopped; then the machine starts anew. */
        void stoppedPasses() throws IOException {
            disk.stopBefore(disk.steps() + random.nextInt(250));
            try {
                passes();
            } catch (CrashingDisk.Stopped e) {
                restart(random.nextBoolean());
            }
            disk.stopBefore(Integer.MAX_VALUE);
        }

        Set<String> texts(AgeIdentity identity) throws IOException {
            Set<String> texts = new TreeSet<>();
            for (FileEntry entry : box.list()) {
                texts.add(textOf(entry, identity));
            }
            return texts;
        }

        String textOf(FileEntry entry, AgeIdentity identity) throws IOException {
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            byte[] sealed = disk.content(entry.path());
            assertThat(sealed).as("%s at %s", entry.path(), host).isNotNull();
            new AgeFile(random, new AgeFile.Workers(Runnable::run, 1))
                    .decrypt(new ByteArrayInputStream(sealed), target, identity);
            return target.toString(StandardCharsets.US_ASCII);
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void passes_stoppedAnywhere_keepEveryText(long seed) throws IOException {
        random = new SplittableRandom(seed);
        AgeIdentity identity = AgeIdentity.generate(random);
        recipients = Set.of(identity.recipient());
        key = identity;
        AgeIdentity evicted = AgeIdentity.generate(random);
        AgeIdentity joined = AgeIdentity.generate(random);
        List<Set<Recipient>> generations = List.of(
                recipients,
                Set.of(identity.recipient(), evicted.recipient()),
                recipients,
                Set.of(identity.recipient(), joined.recipient()));
        Machine a = new Machine("a");
        Machine b = new Machine("b");
        Set<String> texts = new TreeSet<>();
        for (int round = 0; round < 4; round++) {
            recipients = generations.get(round);
            if (random.nextInt(4) == 0) {
                a.box.renewAll();
            }
            for (Machine machine : List.of(a, b)) {
                String text = machine.host + " wrote in round " + round;
                texts.add(text);
                // Both write to the same name, neither knowing of the other's text of this round.
                machine.disk.put("shared" + round, text.getBytes(StandardCharsets.US_ASCII));
                rearrange(machine);
                machine.stoppedPasses();
                machine.passes();
            }
            exchange(a, b);
            exchange(b, a);
            a.stoppedPasses();
            b.stoppedPasses();
        }
        for (int i = 0; i < 6; i++) {
            exchange(a, b);
            exchange(b, a);
            a.passes();
            b.passes();
            Set<String> nowhere = lackedBy(a);
            nowhere.retainAll(lackedBy(b));
            a.box.giveUp(nowhere);
        }
        for (Machine machine : List.of(a, b)) {
            machine.box.pass(recipients, key, VaultLook.EVERYTHING);
        }
        assertThat(a.texts(identity)).as("seed %s", seed).containsAll(texts);
        assertThat(b.texts(identity)).as("seed %s", seed).containsAll(texts);
        assertThat(a.box.digest()).isEqualTo(b.box.digest());
        assertThat(a.texts(joined)).as("seed %s", seed).containsAll(texts);
        assertThat(a.box.list()).allSatisfy(entry -> assertThatThrownBy(() -> a.textOf(entry, evicted))
                .isInstanceOf(AgeException.class));
        assertThat(a.disk.files().keySet().stream().filter(path -> !path.startsWith(".lockbox/marker-")))
                .allMatch(path -> path.endsWith(".age"))
                .containsExactlyElementsOf(
                        a.box.list().stream().map(FileEntry::path).toList());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void scrub_stoppedAnywhere_endsWithoutAgeFilesAndWithThePlaintext(long seed) throws IOException {
        random = new SplittableRandom(seed);
        recipients = Set.of(AgeIdentity.generate(random).recipient());
        Machine a = new Machine("a");
        for (int i = 0; i < 12; i++) {
            a.disk.put((i % 3 == 0 ? "d/f" : "f") + i, new byte[] {1});
        }
        a.passes();
        assertThat(a.box.list()).hasSize(12);
        a.disk.put("plain", new byte[] {2});

        for (boolean done = false; !done; ) {
            a.disk.stopBefore(a.disk.steps() + random.nextInt(60));
            try {
                a.box.scrub();
                done = true;
            } catch (CrashingDisk.Stopped e) {
                a.restart(random.nextBoolean());
            }
        }

        assertThat(a.disk.files().keySet()).containsExactly("plain");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void scrub_afterACrashAnywhere_takesWhatTheStateDoesNotSayAndPutsTextsBack(long seed) throws IOException {
        random = new SplittableRandom(seed);
        recipients = Set.of(AgeIdentity.generate(random).recipient());
        Machine a = new Machine("a");
        for (int i = 0; i < 12; i++) {
            a.disk.put((i % 3 == 0 ? "d/f" : "f") + i, new byte[] {1});
        }
        a.stoppedPasses();
        Set<String> texts = new TreeSet<>(a.disk.files().keySet());
        texts.removeIf(path -> path.startsWith(".lockbox/") && !path.startsWith(".lockbox/out/"));

        a.box.scrub();

        texts.removeIf(path -> path.endsWith(".age"));
        assertThat(a.disk.files().keySet())
                .noneMatch(path -> path.startsWith(".lockbox/") || path.endsWith(".age"))
                .hasSize(texts.size());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void scrub_stoppedAndAllowedAgain_isNotTakenForDeletions(long seed) throws IOException {
        random = new SplittableRandom(seed);
        AgeIdentity identity = AgeIdentity.generate(random);
        recipients = Set.of(identity.recipient());
        Machine a = new Machine("a");
        Machine b = new Machine("b");
        for (int i = 0; i < 12; i++) {
            a.disk.put("f" + i, new byte[] {(byte) ('a' + i)});
        }
        a.passes();
        exchange(a, b);
        b.passes();
        Set<String> texts = b.texts(identity);
        assertThat(texts).hasSize(12);

        a.disk.stopBefore(a.disk.steps() + random.nextInt(30));
        assertThatThrownBy(a.box::scrub).isInstanceOf(CrashingDisk.Stopped.class);
        a.disk.restart(random.nextBoolean(), random);
        a.disk.stopBefore(Integer.MAX_VALUE);
        a.box = a.open();
        for (int i = 0; i < 3; i++) {
            a.passes();
            exchange(a, b);
            b.passes();
            exchange(b, a);
        }
        a.passes();

        assertThat(b.texts(identity)).as("seed %s", seed).isEqualTo(texts);
        assertThat(a.texts(identity)).as("seed %s", seed).isEqualTo(texts);
    }

    static LongStream seeds() {
        Long only = Long.getLong("swarm.seed");
        return only != null ? LongStream.of(only) : LongStream.range(0, 70);
    }

    private static Set<String> lackedBy(Machine machine) throws IOException {
        Set<String> lacked = new TreeSet<>();
        machine.box.contents().wanted(10_000).forEach(each -> lacked.add(each.id()));
        return lacked;
    }

    /** A user renames an age file, or swaps two. */
    private void rearrange(Machine machine) throws IOException {
        List<String> sealed = new ArrayList<>(machine.disk.files().keySet());
        sealed.removeIf(path -> path.startsWith(".lockbox/") || !path.endsWith(".age"));
        if (sealed.size() < 2) {
            return;
        }
        String one = sealed.get(random.nextInt(sealed.size()));
        String other = sealed.get(random.nextInt(sealed.size()));
        if (one.equals(other)) {
            machine.disk.rename(one, "renamed-" + random.nextInt(1_000_000) + ".age");
        } else {
            machine.disk.rename(one, "swap.age");
            machine.disk.rename(other, one);
            machine.disk.rename("swap.age", other);
        }
        machine.disk.force("");
    }

    private static void exchange(Machine from, Machine to) throws IOException {
        Set<String> wanted = to.box.merge(from.box.changedAfter(0, 10_000).values());
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
