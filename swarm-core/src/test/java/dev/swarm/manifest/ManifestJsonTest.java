package dev.swarm.manifest;

import static dev.swarm.manifest.Fixtures.FLEET;
import static dev.swarm.manifest.Fixtures.NOW;
import static dev.swarm.manifest.Fixtures.active;
import static dev.swarm.manifest.Fixtures.at;
import static dev.swarm.manifest.Fixtures.banned;
import static dev.swarm.manifest.Fixtures.blob;
import static dev.swarm.manifest.Fixtures.entry;
import static dev.swarm.manifest.Fixtures.manifest;
import static dev.swarm.manifest.Fixtures.revoked;
import static dev.swarm.manifest.Fixtures.verified;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.docs.Page;
import dev.swarm.trait.JsonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestJsonTest {

    /** Blob 1 was ended by an operator, 2 is active, 3 banned, 4 revoked by its author, 5 has a name with everything. */
    private static final ManifestCrdt MANIFEST = manifest(
            active("a", 1, NOW - 1),
            revoked("op", 1, NOW),
            active("b", 2, NOW),
            active("co", 2, NOW - 5),
            active("a", 3, NOW),
            banned("op", 3, NOW - 7),
            revoked("a", 4, NOW - 9),
            verified(entry("a", 5, NOW).label(new Label("a\u00e9\u4e2d b{}[],"))));

    @Test
    void read_written_givesEveryRow() {
        ManifestView view = ManifestJson.read(write(view(HybridTimestamp.ZERO)));

        assertThat(view).isEqualTo(view(HybridTimestamp.ZERO));
        assertThat(view.rows()).hasSize(5);
        assertThat(view.digest()).isEqualTo(MANIFEST.digest());
        assertThat(row(view, 1).state()).isEqualTo(EntryState.REVOKED);
        assertThat(row(view, 2).state()).isEqualTo(EntryState.ACTIVE);
        assertThat(row(view, 2).authors())
                .extracting(word -> word.author().host())
                .containsExactly("b", "co");
        assertThat(row(view, 3).state()).isEqualTo(EntryState.BANNED);
        assertThat(row(view, 3).authors())
                .extracting(ManifestView.Word::state)
                .containsExactly(EntryState.BANNED, EntryState.ACTIVE);
    }

    @Test
    void read_emptyManifest_hasNoRows() {
        ManifestView view = ManifestView.of(FLEET, 0, manifest().digest(), HybridTimestamp.ZERO, List.of());

        assertThat(ManifestJson.read(write(view))).isEqualTo(view);
    }

    @Test
    void write_blob_isOneLineWithItsFields() {
        String line = text(view(HybridTimestamp.ZERO))
                .lines()
                .filter(each -> each.contains(blob(2).hex()))
                .findFirst()
                .orElseThrow();

        Map<String, Object> fields = JsonText.readObject(line.substring(line.indexOf('{'), line.lastIndexOf('}') + 1));
        assertThat(fields)
                .containsEntry("sha256", blob(2).hex())
                .containsEntry("label", "label-2")
                .containsEntry("size", 1002L)
                .containsEntry("root", active("b", 2, NOW).entry().root().toString())
                .containsEntry("target", "*")
                .containsEntry("retention", "7d")
                .containsEntry("channel", "filecast")
                .containsEntry("state", "active")
                .containsEntry("origin", "b")
                .containsEntry("clock", Long.toString(NOW << 16))
                .containsEntry("time", "2027-01-15T08:00:00Z")
                .containsKey("authors");
    }

    @Test
    void write_document_hasTheMembersOfTheDocumentation() {
        String written = new String(write(view(HybridTimestamp.ZERO)), StandardCharsets.UTF_8);

        assertThat(Page.memberNames(written))
                .isEqualTo(Page.memberNames(Page.of("docs/files.md").triedBy(ManifestJsonTest.class, 0)));
    }

    @Test
    void write_document_isJsonThatEndsWithItsChecksum() throws Exception {
        String text = text(view(at(NOW - 100)));

        Map<String, Object> members = JsonText.readObject(text);
        String before = text.substring(0, text.lastIndexOf("\"checksum\""));
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(before.getBytes(StandardCharsets.UTF_8));
        assertThat(members.keySet())
                .containsExactly("format", "fleet", "version", "digest", "purged_up_to", "entries", "checksum");
        assertThat(members)
                .containsEntry("fleet", FLEET.hex())
                .containsEntry("version", MANIFEST.version())
                .containsEntry("digest", MANIFEST.digest().toString())
                .containsEntry("purged_up_to", Long.toString((NOW - 100) << 16))
                .containsEntry("checksum", HexFormat.of().formatHex(sha256));
    }

    @Test
    void of_purged_leavesOutRevokedBlobsUpToThenAndNothingElse() {
        assertThat(view(at(NOW - 10)).rows()).hasSize(5);
        assertThat(blobs(view(at(NOW - 9)))).doesNotContain(blob(4)).hasSize(4);
        assertThat(blobs(view(at(NOW)))).containsExactlyInAnyOrder(blob(2), blob(3), blob(5));
        assertThat(blobs(view(at(NOW + 1)))).containsExactlyInAnyOrder(blob(2), blob(3), blob(5));
    }

    @Test
    void check_everyProperPrefix_saysThatItDoesNotParse() {
        byte[] bytes = write(view(HybridTimestamp.ZERO));

        for (int length = 0; length < bytes.length - 1; length++) {
            byte[] torn = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> ManifestJson.check(torn))
                    .as("%s bytes", length)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("it does not parse: ");
        }
    }

    @Test
    void check_everyByteAltered_isFound() {
        byte[] bytes = write(view(HybridTimestamp.ZERO));

        for (int at = 0; at < bytes.length; at++) {
            byte[] altered = bytes.clone();
            altered[at] ^= 1;
            assertThatThrownBy(() -> ManifestJson.check(altered))
                    .as("byte %s", at)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatCode(() -> ManifestJson.check(bytes)).doesNotThrowAnyException();
    }

    @Test
    void read_editedByHand_saysThatTheChecksumDiffers() {
        String edited = text(view(HybridTimestamp.ZERO)).replace("\"target\":\"*\"", "\"target\":\"db-*\"");

        assertThatThrownBy(() -> ManifestJson.read(edited.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("checksum differs");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "{", "{}x", "{\"a\":[", "\u0000\u0000"})
    void check_noJsonObject_saysThatItDoesNotParse(String text) {
        assertThatThrownBy(() -> ManifestJson.check(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("it does not parse: ");
    }

    @Test
    void check_deepNesting_saysThatItDoesNotParse() {
        String deep = "{\"x\":" + "[".repeat(100_000);

        assertThatThrownBy(() -> ManifestJson.check(deep.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("it does not parse: ");
    }

    @Test
    void read_membersOfALaterVersion_arePassedOver() {
        String extended = text(view(HybridTimestamp.ZERO))
                .replace("\"entries\":", "\"future\":{\"a\":[1,{}]},\"entries\":")
                .replace("\"sha256\"", "\"n\":[1],\"m\":{\"origin\":\"x\"},\"sha256\"");

        ManifestView view = ManifestJson.read(withChecksum(extended));

        assertThat(view).isEqualTo(view(HybridTimestamp.ZERO));
    }

    @Test
    void read_otherFormat_namesBoth() {
        String other = text(view(HybridTimestamp.ZERO)).replace(ManifestJson.FORMAT, "swarm-manifest/2");

        assertThatThrownBy(() -> ManifestJson.read(withChecksum(other)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'swarm-manifest/2'")
                .hasMessageContaining(ManifestJson.FORMAT);
    }

    private static byte[] withChecksum(String text) {
        String before = text.substring(0, text.lastIndexOf("\"checksum\""));
        MessageDigest digest = Sha256.digest();
        digest.update(before.getBytes(StandardCharsets.UTF_8));
        return (before + new String(ViewChecksum.tail(digest), StandardCharsets.US_ASCII))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static ManifestView view(HybridTimestamp purgedUpTo) {
        return ManifestView.of(FLEET, MANIFEST.version(), MANIFEST.digest(), purgedUpTo, MANIFEST.blobs());
    }

    private static ManifestView.Row row(ManifestView view, int number) {
        return view.rows().stream()
                .filter(row -> row.entry().blob().equals(blob(number)))
                .findFirst()
                .orElseThrow();
    }

    private static List<BlobId> blobs(ManifestView view) {
        return view.rows().stream().map(row -> row.entry().blob()).toList();
    }

    private static String text(ManifestView view) {
        return new String(write(view), StandardCharsets.UTF_8);
    }

    private static byte[] write(ManifestView view) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ManifestJson.write(view, bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
