package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeptTextsTest {

    @TempDir
    Path directory;

    private final ConcurrentMap<String, String> keepers = new ConcurrentHashMap<>();
    private Path data;
    private KeptTexts texts;

    @BeforeEach
    void start() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
        texts = new KeptTexts(data, "plain", keepers);
    }

    @Test
    void write_plainName_isReadAgain() throws IOException {
        texts.write("seeds.json", "{}");

        assertThat(texts.read("seeds.json")).isEqualTo("{}");
        assertThat(data.resolve("seeds.json")).hasContent("{}");
        assertThat(texts.read("other.json")).isNull();
    }

    @Test
    void write_nameThatAnotherPluginUses_isRefusedNamingIt() throws IOException {
        texts.write("seeds.json", "{}");
        KeptTexts others = new KeptTexts(data, "other", keepers);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> others.write("Seeds.json", "text"))
                .withMessageContainingAll(
                        "subsystem other", "\"Seeds.json\"", "subsystem plain", "choose another name");
        assertThatIllegalArgumentException().isThrownBy(() -> others.read("seeds.json"));

        assertThat(data.resolve("seeds.json")).hasContent("{}");
        assertThat(new KeptTexts(data, "plain", keepers).read("seeds.json")).isEqualTo("{}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "..", ".", "", "/etc/x", "sub/x", "sub\\x", "c:x", ".hidden", "x\u0000"})
    void write_nameThatLeadsElsewhere_isRefusedQuotingIt(String name) throws IOException {
        Path outside = Files.writeString(directory.resolve("x"), "of somebody else");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> texts.write(name, "text"))
                .withMessageContainingAll("one file of the data directory", "\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> texts.read(name))
                .withMessageContaining("one file of the data directory");

        assertThat(outside).hasContent("of somebody else");
        assertThat(data).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "state.json",
                "State.json",
                "peers.json",
                "manifest.json",
                "manifest.journal",
                "manifest.journal.tmp",
                "deny-list.json",
                "node.lock",
                "files",
                "seed",
                "graveyard"
            })
    void write_nameOfTheNodesOwn_isRefusedNamingIt(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> texts.write(name, "text"))
                .withMessageContainingAll("\"" + name + "\"", "choose another name");

        assertThat(data).isEmptyDirectory();
    }
}
