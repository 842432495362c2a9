package dev.swarm.filecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.swarm.lifecycle.SeedFile;
import dev.swarm.lifecycle.SeedTerms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeedDirectoryTest {

    private static final SeedTerms TERMS = SeedTerms.of("*", "7d");

    @TempDir
    private Path directory;

    @Test
    void list_termsForWhatIsNoPlainFile_areTold() throws IOException {
        Files.createDirectory(terms("folder"));
        Files.createSymbolicLink(terms("gone"), Path.of("nowhere"));
        Files.createSymbolicLink(terms("link"), Path.of("folder"));
        Files.writeString(terms(".hidden"), "content");

        assertThat(obstacles())
                .containsOnlyKeys("folder", "gone", "link", ".hidden")
                .hasEntrySatisfying("folder", why -> assertThat(why).startsWith("belongs to a directory; only a"))
                .hasEntrySatisfying("gone", why -> assertThat(why).startsWith("belongs to a symbolic link"))
                .hasEntrySatisfying("link", why -> assertThat(why).startsWith("belongs to a symbolic link"))
                .hasEntrySatisfying(".hidden", why -> assertThat(why).startsWith("belongs to a hidden file"));
    }

    @Test
    void list_linkWithoutTerms_isTold() throws IOException {
        Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));

        assertThat(obstacles().get("link")).startsWith("is missing, and link is a symbolic link");
    }

    @Test
    void list_termsOfNothing_haveNoFile() throws IOException {
        terms(".hidden");
        terms("");
        Files.createSymbolicLink(directory.resolve("a.swarm"), Path.of("nowhere"));

        assertThat(new SeedDirectory(directory).list())
                .extracting(SeedFile::name, SeedFile::size)
                .containsExactly(tuple("", -1L), tuple(".hidden", -1L), tuple("a", -1L));
    }

    @Test
    void list_whatSoftwareLeavesForAWhile_isPassedOver() throws IOException {
        SeedDirectory seeds = new SeedDirectory(directory);
        seeds.stage(TERMS);
        Files.writeString(directory.resolve(".app.bin.part"), "half");
        Files.writeString(directory.resolve(".app.bin.swarm.a1b2"), "half");
        Files.createSymbolicLink(directory.resolve(".#app.bin.swarm"), Path.of("somebody@somewhere"));
        Files.createDirectory(directory.resolve("folder"));
        Files.writeString(directory.resolve("._app.bin"), "attributes");
        terms("._app.bin");

        assertThat(seeds.list()).isEmpty();
    }

    /** Writes terms; where what they are for would be. */
    private Path terms(String name) throws IOException {
        Files.writeString(directory.resolve(name + ".swarm"), TERMS.toJson());
        return directory.resolve(name);
    }

    private Map<String, String> obstacles() throws IOException {
        Map<String, String> obstacles = new TreeMap<>();
        for (SeedFile file : new SeedDirectory(directory).list()) {
            obstacles.put(file.name(), String.valueOf(file.obstacle()));
        }
        return obstacles;
    }
}
