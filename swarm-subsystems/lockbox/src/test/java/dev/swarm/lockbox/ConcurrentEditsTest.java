package dev.swarm.lockbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of changes that two machines make without knowing of each other's. */
class ConcurrentEditsTest extends TwoMachines {

    @Test
    void aDeletion_reachesAMachineThatWasAway_andAnEditThereSurvivesIt() throws IOException {
        drop(a, "one", "1");
        drop(a, "two", "2");
        fleet.run(40);
        fleet.away.add(hostB);
        Files.delete(file(a, "one.age"));
        Files.delete(file(a, "two.age"));
        drop(b, "two", "2, changed at b");
        fleet.run(40);
        assertThat(filesIn(a)).isEmpty();

        fleet.away.clear();
        fleet.run(80);

        assertThat(filesIn(a)).containsExactly("two.age");
        assertThat(filesIn(b)).containsExactly("two.age");
        assertThat(decrypt(a, "two.age")).isEqualTo("2, changed at b");
    }

    @Test
    void editsOnBothSides_areBothKept() throws IOException {
        drop(a, "note", "old");
        fleet.run(40);
        fleet.away.add(hostB);
        drop(a, "note", "of a");
        drop(b, "note", "of b");
        fleet.run(40);

        fleet.away.clear();
        fleet.run(80);

        assertThat(filesIn(a)).hasSize(2).isEqualTo(filesIn(b));
        List<String> texts = filesIn(a).stream().map(path -> decrypt(a, path)).toList();
        assertThat(texts).containsExactlyInAnyOrder("of a", "of b");
        assertThat(filesIn(a)).anyMatch(path -> path.startsWith("note.conflict-") && path.endsWith(".age"));
    }

    @Test
    void anEditThatIsNotEncryptedYet_whenAnotherMachinesArrives_isKeptBesideIt() throws IOException {
        fleet.away.add(hostB);
        drop(a, "note", "of a");
        fleet.run(40);

        drop(b, "note", "of b");
        fleet.away.clear();
        fleet.run(80);

        assertThat(filesIn(a)).isEqualTo(filesIn(b)).hasSize(2);
        assertThat(filesIn(a).stream().map(path -> decrypt(a, path))).containsExactlyInAnyOrder("of a", "of b");
    }

    @Test
    void aDeletionElsewhere_whileAFileIsWrittenTo_waitsAndLosesNoEdit() throws IOException {
        drop(a, "note", "first");
        fleet.run(40);
        fleet.away.add(hostB);
        Files.delete(file(a, "note.age"));
        fleet.run(40);

        fleet.away.clear();
        keepWriting("note", "of b");
        fleet.run(80);

        assertThat(filesIn(a)).isEqualTo(filesIn(b)).containsExactly("note.age");
        assertThat(decrypt(a, "note.age")).isEqualTo("of b");
    }

    @Test
    void namesThatSwapElsewhere_whileOneIsWrittenTo_loseNothing_andTheOtherIsThereAtOnce() throws IOException {
        drop(a, "one", "1");
        drop(a, "two", "2");
        fleet.run(40);
        fleet.away.add(hostB);
        Files.move(file(a, "one.age"), file(a, "three.age"));
        Files.move(file(a, "two.age"), file(a, "one.age"));
        Files.move(file(a, "three.age"), file(a, "two.age"));
        fleet.run(40);

        fleet.away.clear();
        keepWriting("one", "of b");
        assertThat(file(b, "two.age")).hasSameBinaryContentAs(file(a, "two.age"));
        fleet.run(80);

        assertThat(filesIn(a)).isEqualTo(filesIn(b)).hasSize(3);
        assertThat(decrypt(a, "two.age")).isEqualTo("1");
        assertThat(filesIn(a).stream().map(path -> decrypt(a, path))).containsExactlyInAnyOrder("of b", "1", "2");
    }

    /** Has b's user write a file for a minute, more often than it is encrypted; what is there of it stays. */
    private void keepWriting(String path, String text) throws IOException {
        for (int written = 60; written > 0; written--) {
            drop(b, path, text.repeat(written));
            fleet.run(1);
            assertThat(filesIn(b)).contains(path, path + ".age");
        }
    }
}
