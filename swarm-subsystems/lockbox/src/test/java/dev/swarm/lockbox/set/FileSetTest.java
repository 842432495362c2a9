package dev.swarm.lockbox.set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.crdt.CanonicalFormatException;
import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileSetTest {

    private static final long NOW = 1_700_000_000_000L;

    private final FileSet a = new FileSet(new PeerId("a"));
    private final FileSet b = new FileSet(new PeerId("b"));

    @Test
    void merge_editAfterEdit_isNoConflict() {
        a.write("x.age", content(1), a.get("x.age"), NOW);
        exchange(a, b);
        b.write("x.age", content(2), b.get("x.age"), NOW + 1);
        b.write("x.age", content(3), b.get("x.age"), NOW + 2);

        exchange(a, b);

        assertThat(files(a)).containsExactly(Map.entry("x.age", content(3)));
        assertThat(files(b)).isEqualTo(files(a));
        assertThat(a.digest()).isEqualTo(b.digest());
    }

    @Test
    void merge_concurrentEdits_keepsBoth() {
        a.write("d/x.age", content(1), a.get("d/x.age"), NOW);
        exchange(a, b);
        a.write("d/x.age", content(2), a.get("d/x.age"), NOW + 5);
        b.write("d/x.age", content(3), b.get("d/x.age"), NOW + 9);

        exchange(a, b);

        assertThat(files(a))
                .containsExactly(
                        Map.entry("d/x.age", content(3)),
                        Map.entry("d/x.conflict-a-20231114T221320.005Z.age", content(2)));
        assertThat(a.digest()).isEqualTo(b.digest());
    }

    @Test
    void merge_aDeletedConflictCopy_doesNotComeBack() {
        FileSet c = new FileSet(new PeerId("c"));
        a.write("x.age", content(2), a.get("x.age"), NOW + 5);
        b.write("x.age", content(3), b.get("x.age"), NOW + 9);
        exchange(b, c);
        exchange(a, b);
        b.delete("x.conflict-a-20231114T221320.005Z.age", b.get("x.conflict-a-20231114T221320.005Z.age"), NOW + 20);

        exchange(a, c);
        exchange(a, b);
        exchange(b, c);

        assertThat(files(c)).containsOnlyKeys("x.age");
        assertThat(files(a)).isEqualTo(files(c));
    }

    @Test
    void merge_deletionAgainstAnEdit_keepsTheEditWhicheverIsLater() {
        for (long later : new long[] {-3, 3}) {
            FileSet one = new FileSet(new PeerId("one"));
            FileSet two = new FileSet(new PeerId("two"));
            one.write("x.age", content(1), one.get("x.age"), NOW - 10);
            exchange(one, two);
            one.delete("x.age", one.get("x.age"), NOW);
            two.write("x.age", content(2), two.get("x.age"), NOW + later);

            exchange(one, two);

            assertThat(files(one)).as("edit %s ms later", later).containsExactly(Map.entry("x.age", content(2)));
            assertThat(one.digest()).isEqualTo(two.digest());
        }
    }

    @Test
    void merge_ofADirectoryOnTwoMachines_keepsOneAndOutlivesADeletion() {
        a.makeDirectory("d", 0755, null, NOW);
        b.makeDirectory("d", 0700, null, NOW + 1);
        exchange(a, b);
        assertThat(a.get("d").content().mode()).isEqualTo(0700);
        assertThat(a.entries()).hasSize(1).isEqualTo(b.entries());

        a.delete("d", a.get("d"), NOW + 20);
        b.makeDirectory("d", 0750, b.get("d"), NOW + 10);
        exchange(a, b);

        assertThat(a.get("d").isDirectory()).isTrue();
        assertThat(a.entries()).isEqualTo(b.entries());
    }

    @Test
    void merge_ofTheSameBytesOfWhichNothingElseIsKnown_isNoConflict() {
        a.write("x.age", content(1), null, NOW);
        FileEntry.Content was = content(1);
        FileEntry.Content found =
                new FileEntry.Content(was.id(), was.size(), 0600, 5, "77".repeat(16), was.generation(), was.payload());
        b.write("x.age", found, null, NOW + 1);

        exchange(a, b);

        assertThat(files(a)).containsOnlyKeys("x.age").isEqualTo(files(b));
    }

    @Test
    void merge_ofTheSameContentOnTwoMachines_isNoConflict() {
        a.write("x.age", content(1), a.get("x.age"), NOW);
        b.write("x.age", content(1), b.get("x.age"), NOW + 1);

        exchange(a, b);

        assertThat(files(a)).containsOnlyKeys("x.age");
    }

    @Test
    void merge_ofTheSameDocumentEncryptedTwice_keepsOne() {
        a.write("x.age", content(1), null, NOW);
        exchange(a, b);
        FileEntry.Content was = content(1);
        for (FileSet each : List.of(a, b)) {
            String id = each == a ? "aa".repeat(32) : "bb".repeat(32);
            each.write(
                    "x.age",
                    new FileEntry.Content(
                            id, 9, was.mode(), was.modifiedNanos(), was.document(), "11".repeat(8), was.payload()),
                    each.get("x.age"),
                    NOW + 5);
        }

        exchange(a, b);

        assertThat(files(a)).containsOnlyKeys("x.age").isEqualTo(files(b));
    }

    @Test
    void merge_ofAChangeFromTheFuture_isRefusedAndDoesNotMoveTheClock() {
        b.write("x.age", content(1), b.get("x.age"), NOW + 3_600_000);

        assertThat(a.merge(b.entries().values(), NOW)).isEqualTo(1);

        assertThat(a.entries()).isEmpty();
        assertThat(a.write("y.age", content(2), a.get("y.age"), NOW).stamp().epochMillis())
                .isEqualTo(NOW);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void merge_inAnyOrder_convergesAndLosesNoConcurrentEdit(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<FileSet> machines = new ArrayList<>();
        for (String host : List.of("a", "b", "c", "d")) {
            machines.add(new FileSet(new PeerId(host)));
        }
        Set<FileEntry> changes = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            FileSet machine = machines.get(random.nextInt(machines.size()));
            String path = "f" + random.nextInt(3) + ".age";
            long now = NOW + i * 10L + random.nextInt(30);
            switch (random.nextInt(5)) {
                case 0 -> machine.merge(partOf(machines.get(random.nextInt(machines.size())), random), now);
                case 1 -> {
                    FileEntry basis = machine.get(path);
                    if (basis != null && !basis.isGone()) {
                        changes.add(machine.delete(path, basis, now));
                    }
                }
                case 2 -> changes.add(machine.makeDirectory(path, 0700 + random.nextInt(64), machine.get(path), now));
                default -> changes.add(machine.write(path, content(i), machine.get(path), now));
            }
        }
        for (int round = 0; round < 6; round++) {
            for (FileSet one : machines) {
                machines.forEach(other -> exchange(one, other));
            }
        }
        FileSet first = machines.get(0);
        for (FileSet machine : machines) {
            assertThat(machine.entries()).isEqualTo(first.entries());
            assertThat(machine.digest()).isEqualTo(first.digest());
        }
        for (FileEntry edit : changes) {
            boolean kept = files(first).containsValue(edit.content());
            boolean overtaken = changes.stream()
                    .anyMatch(other -> !other.equals(edit) && other.path().equals(edit.path()) && other.follows(edit));
            assertThat(!edit.isFile() || kept || overtaken)
                    .as("%s is kept, or was seen by who changed it", edit)
                    .isTrue();
        }
    }

    @Test
    void changedAfter_aChange_givesLaterOnesOnce() {
        a.write("x.age", content(1), a.get("x.age"), NOW);
        a.write("y.age", content(1), a.get("y.age"), NOW);
        long seen = a.lastChange();
        a.write("x.age", content(2), a.get("x.age"), NOW);
        a.write("x.age", content(3), a.get("x.age"), NOW);

        assertThat(a.changedAfter(seen, 10).values()).singleElement().isEqualTo(a.get("x.age"));
        assertThat(a.changedAfter(0, 10)).hasSize(2);
        assertThat(a.changedAfter(0, 1).values()).singleElement().isEqualTo(a.get("y.age"));
        assertThat(a.changedAfter(a.lastChange(), 10)).isEmpty();
    }

    @Test
    void read_ofWritten_isTheSame() {
        a.write(
                "d/\u00e4\n.age",
                new FileEntry.Content(
                        "ab".repeat(32), 1L << 40, 0755, -5, "cd".repeat(16), "ef".repeat(8), "12".repeat(16)),
                null,
                NOW);
        a.makeDirectory("d", 0755, null, NOW);
        a.delete("gone.age", a.write("gone.age", content(9), null, NOW), NOW);
        CanonicalWriter writer = new CanonicalWriter(10_000);
        EntryCodec.write(writer, a.entries().values());

        CanonicalReader reader = new CanonicalReader(writer.toByteArray());

        assertThat(EntryCodec.read(reader, 3))
                .containsExactlyElementsOf(a.entries().values());
        reader.expectEnd();
        assertThatThrownBy(() -> EntryCodec.read(new CanonicalReader(writer.toByteArray()), 1))
                .isInstanceOf(CanonicalFormatException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "../x.age",
                "a/../x.age",
                "/x.age",
                "a//x.age",
                "./x.age",
                ".lockbox/x.age",
                "a\0.age",
                "a/./x.age"
            })
    void entry_withAPathThatLeadsElsewhere_isRefused(String path) {
        assertThatThrownBy(() -> new FileEntry(
                        path, FileEntry.State.FILE, content(1), new PeerId("a"), HybridTimestamp.ZERO, new TreeMap<>()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("path of a lockbox file");
    }

    static LongStream seeds() {
        Long only = Long.getLong("swarm.seed");
        return only != null ? LongStream.of(only) : LongStream.range(0, 300);
    }

    private static List<FileEntry> partOf(FileSet set, SplittableRandom random) {
        return set.entries().values().stream()
                .filter(entry -> random.nextBoolean())
                .toList();
    }

    private static void exchange(FileSet one, FileSet other) {
        List<FileEntry> before = List.copyOf(one.entries().values());
        one.merge(List.copyOf(other.entries().values()), NOW + 1_000);
        other.merge(before, NOW + 1_000);
        other.merge(List.copyOf(one.entries().values()), NOW + 1_000);
        one.merge(List.copyOf(other.entries().values()), NOW + 1_000);
    }

    private static Map<String, FileEntry.Content> files(FileSet set) {
        Map<String, FileEntry.Content> files = new TreeMap<>();
        set.entries().forEach((path, entry) -> {
            if (entry.isFile()) {
                files.put(path, entry.content());
            }
        });
        return files;
    }

    private static FileEntry.Content content(int number) {
        String id = String.format(java.util.Locale.ROOT, "%064x", number);
        return new FileEntry.Content(
                id,
                number,
                0600,
                0,
                id.substring(32),
                FileEntry.Content.UNKNOWN_GENERATION,
                FileEntry.Content.UNKNOWN_PAYLOAD);
    }
}
