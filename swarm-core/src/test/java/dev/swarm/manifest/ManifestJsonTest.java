package dev.swarm.manifest;

import static dev.swarm.manifest.Fixtures.DAY;
import static dev.swarm.manifest.Fixtures.NOW;
import static dev.swarm.manifest.Fixtures.active;
import static dev.swarm.manifest.Fixtures.blob;
import static dev.swarm.manifest.Fixtures.manifest;
import static dev.swarm.manifest.Fixtures.revoked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestJsonTest {

    private static final ManifestImage IMAGE = image();

    @Test
    void read_written_isEqual() throws IOException {
        ManifestJson.Reading reading = read(write(IMAGE));

        assertThat(reading.problems()).isEmpty();
        assertThat(reading.image()).isEqualTo(IMAGE);
        assertThat(IMAGE.proofs()).isNotEmpty();
        assertThat(IMAGE.buriedBlobs()).isNotEmpty();
        assertThat(IMAGE.buriedEntries()).isNotEmpty();
        assertThat(read(write(ManifestImage.EMPTY)).image()).isEqualTo(ManifestImage.EMPTY);
    }

    @Test
    void write_sameImage_givesTheSameBytes() throws IOException {
        assertThat(write(read(write(IMAGE)).image())).isEqualTo(write(IMAGE));
    }

    @Test
    void write_entry_hasReadableFields() throws IOException {
        String json = new String(write(IMAGE), StandardCharsets.UTF_8);

        assertThat(json)
                .contains("\"version\" : " + IMAGE.version())
                .contains("\"sha256\" : \"" + blob(2).hex() + "\"")
                .contains("\"label\" : \"label-2\"")
                .contains("\"size\" : 1002")
                .contains("\"target\" : \"*\"")
                .contains("\"retention\" : \"7d\"")
                .contains("\"state\" : \"active\"")
                .contains("\"channel\" : \"filecast\"")
                .contains("\"origin\" : \"b\"")
                .contains("\"root\" : \"" + active("b", 2, NOW).entry().root() + "\"")
                .contains("\"clock\" : \"" + (NOW << 16) + "\"");
    }

    @Test
    void read_everyProperPrefix_isOneProblemAndNeverThrows() throws IOException {
        byte[] bytes = write(IMAGE);

        for (int length = 0; length < bytes.length; length++) {
            ManifestJson.Reading reading = read(Arrays.copyOf(bytes, length));
            assertThat(reading.problems()).as("%s bytes", length).hasSize(1);
            assertThat(reading.image().entries()).isSubsetOf(IMAGE.entries());
        }
    }

    @Test
    void read_cutAfterTheMarkers_keepsThem() throws IOException {
        String json = new String(write(IMAGE), StandardCharsets.UTF_8);
        String cut = json.substring(0, json.indexOf("\"entries\""));

        ManifestJson.Reading reading = read(cut.getBytes(StandardCharsets.UTF_8));

        assertThat(reading.image().buriedBlobs()).isEqualTo(IMAGE.buriedBlobs());
        assertThat(reading.image().proofs()).isEqualTo(IMAGE.proofs());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "7",
                "{",
                "{}x",
                "{\"entries\":7}",
                "{\"entries\":[7]}",
                "{\"entries\":[{}]}",
                "{\"entries\":[{\"record\":\"!\"}]}",
                "{\"entries\":[{\"record\":\"AAAA\"}]}",
                "{\"version\":\"1\"}",
                "{\"version\":99999999999999999999}",
                "{\"version\":1.5}",
                "{\"horizon\":\"x\"}",
                "{\"horizon\":{}}",
                "{\"markers\":{}}",
                "{\"markers\":[{}]}",
                "{\"markers\":[{\"sha256\":\"00\",\"clock\":\"1\"}]}",
                "{\"certificates\":[[]]}",
                "{\"certificates\":[\"!\"]}",
                "{\"certificates\":[\"\"]}",
                "{\"proofs\":[{}]}"
            })
    void read_malformed_isOneProblem(String json) throws IOException {
        ManifestJson.Reading reading = read(json.getBytes(StandardCharsets.UTF_8));

        assertThat(reading.problems()).singleElement().asString().startsWith("manifest document: ");
        assertThat(reading.image()).isEqualTo(ManifestImage.EMPTY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000000000000000", "fffefdfc", "7b22e4223a317d", "0000fffe00000000", "00"})
    void read_noText_isOneProblem(String hex) throws IOException {
        assertThat(read(HexFormat.of().parseHex(hex)).problems()).hasSize(1);
    }

    @Test
    void read_deepNesting_isOneProblem() throws IOException {
        String deep = "{\"x\":" + "[".repeat(100_000);

        assertThat(read(deep.getBytes(StandardCharsets.UTF_8)).problems()).hasSize(1);
    }

    @Test
    void read_unknownFields_areSkipped() throws IOException {
        String json = new String(write(IMAGE), StandardCharsets.UTF_8);
        String extended =
                json.replaceFirst("\\{", "{\"future\":{\"a\":[1,2]},").replace("\"sha256\"", "\"n\":[1],\"sha256\"");

        ManifestJson.Reading reading = read(extended.getBytes(StandardCharsets.UTF_8));

        assertThat(reading.problems()).isEmpty();
        assertThat(reading.image()).isEqualTo(IMAGE);
    }

    @Test
    void read_readableFieldsEdited_recordCounts() throws IOException {
        String json = new String(write(IMAGE), StandardCharsets.UTF_8);
        String edited = json.replace("\"target\" : \"*\"", "\"target\" : \"db-*\"");

        assertThat(edited).isNotEqualTo(json);
        assertThat(read(edited.getBytes(StandardCharsets.UTF_8)).image()).isEqualTo(IMAGE);
    }

    @Test
    void read_oneRecordBroken_othersAreRead() throws IOException {
        String json = new String(write(IMAGE), StandardCharsets.UTF_8);
        int record = json.indexOf("\"record\"") + 20;
        String broken = json.substring(0, record) + "####" + json.substring(record + 4);

        ManifestJson.Reading reading = read(broken.getBytes(StandardCharsets.UTF_8));

        assertThat(reading.problems()).hasSize(1);
        assertThat(reading.image().entries()).hasSize(IMAGE.entries().size() - 1);
    }

    @Test
    void read_streamThatFails_throws() {
        InputStream failing = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("disk");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw new IOException("disk");
            }
        };

        assertThatThrownBy(() -> ManifestJson.read(failing))
                .isInstanceOf(IOException.class)
                .hasMessage("disk");
    }

    private static ManifestImage image() {
        ManifestCrdt manifest = manifest(
                active("a", 1, NOW - 1),
                revoked("op", 1, NOW),
                active("b", 2, NOW),
                revoked("a", 4, NOW),
                active("op", 3, NOW));
        manifest.prune(NOW + 8 * DAY, ManifestCrdt.REVOKED_WINDOW);
        return manifest.image();
    }

    private static byte[] write(ManifestImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ManifestJson.write(image, bytes);
        return bytes.toByteArray();
    }

    private static ManifestJson.Reading read(byte[] bytes) throws IOException {
        return ManifestJson.read(new ByteArrayInputStream(bytes));
    }
}
