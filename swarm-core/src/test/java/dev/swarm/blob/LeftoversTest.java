package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftoversTest {

    @TempDir
    Path data;

    @Test
    void leftovers_directoryWithoutAStore_areNone() throws IOException {
        assertThat(BlobCache.leftovers(data)).isEmpty();
        assertThat(BlobCache.leftovers(data.resolve("none"))).isEmpty();
    }

    @Test
    void leftovers_linksOfManyKinds_areThoseThatLeadNowhere() throws IOException {
        try (BlobCache cache = BlobCache.open(data)) {
            Path seed = Files.writeString(data.resolve("seed").resolve("a"), "content");
            BlobId blob = cache.addSeed(seed).id();
            cache.link(Label.of("sound"), blob);
            link("nowhere", "../.blobs/" + "ab".repeat(32));
            link("round", "round");
            link("away", "/nonexistent/file");
            Files.writeString(data.resolve("files").resolve("plain"), "not a link");

            assertThat(BlobCache.leftovers(data)).containsExactly(file("away"), file("nowhere"), file("round"));

            Files.delete(seed);
            assertThat(BlobCache.leftovers(data))
                    .as("the links of a blob whose seed file is gone")
                    .contains(file("sound"), content(blob.hex()));
            assertThat(cache.removeLeftovers()).contains(file("sound"), content(blob.hex()));
            assertThat(BlobCache.leftovers(data)).isEmpty();
        }
    }

    @Test
    void removeLeftovers_openStore_takesWhatIsOfNoUse() throws IOException {
        try (BlobCache cache = BlobCache.open(data)) {
            BlobId blob = cache.addSeed(Files.writeString(data.resolve("seed").resolve("a"), "content"))
                    .id();
            Path superseded = partial(blob.hex());
            Path wanted = partial("cd".repeat(32));
            link("nowhere", "../.blobs/" + "ab".repeat(32));

            assertThat(cache.removeLeftovers()).containsExactly(superseded, file("nowhere"));

            assertThat(superseded).doesNotExist();
            assertThat(wanted).exists();
            assertThat(Files.exists(file("nowhere"), LinkOption.NOFOLLOW_LINKS)).isFalse();
            assertThat(cache.complete()).containsOnlyKeys(blob);
            assertThat(cache.removeLeftovers()).isEmpty();
        }
    }

    @Test
    void discard_partialCopyOfNothing_deletesItWithItsSources() throws IOException {
        try (BlobCache cache = BlobCache.open(data)) {
            BlobId blob = BlobId.parse("cd".repeat(32));
            Path begun = partial(blob.hex());
            cache.writeSources(blob, new byte[] {1});

            assertThat(cache.discard(blob)).isTrue();

            assertThat(begun).doesNotExist();
            assertThat(data.resolve(".blobs")).isEmptyDirectory();
            assertThat(cache.discard(blob)).isFalse();
        }
    }

    @Test
    void discard_partialCopyBesideACompleteBlob_leavesTheBlob() throws IOException {
        try (BlobCache cache = BlobCache.open(data)) {
            BlobId blob = cache.addSeed(Files.writeString(data.resolve("seed").resolve("a"), "content"))
                    .id();
            Path superseded = partial(blob.hex());

            assertThat(cache.discard(blob)).isTrue();

            assertThat(superseded).doesNotExist();
            assertThat(cache.readSmall(blob)).asString().isEqualTo("content");
        }
    }

    @Test
    void discard_blobThatIsBeingReceived_leavesItAlone() throws IOException {
        try (BlobCache cache = BlobCache.open(data)) {
            BlobHasher hasher = new BlobHasher();
            hasher.update(ByteBuffer.allocate(2 * BlobLayout.LEAF_BYTES));
            BlobCache.Seeded blob = hasher.finish();
            try (PartialBlob partial = cache.receive(blob.id(), blob.layout(), blob.tree())) {
                assertThat(cache.discard(blob.id())).isFalse();

                assertThat(partial.write(0, ByteBuffer.allocate(BlobLayout.LEAF_BYTES)))
                        .isTrue();
            }
            assertThat(cache.partial()).containsExactly(blob.id());
        }
    }

    private Path content(String id) {
        return data.toAbsolutePath().normalize().resolve(".blobs").resolve(id);
    }

    private Path file(String name) {
        return data.toAbsolutePath().normalize().resolve("files").resolve(name);
    }

    private void link(String name, String target) throws IOException {
        Files.createSymbolicLink(file(name), Path.of(target));
    }

    private Path partial(String id) throws IOException {
        Path directory = Files.createDirectory(
                data.toAbsolutePath().normalize().resolve(".blobs").resolve(id + ".partial"));
        Files.writeString(directory.resolve("data"), "begun");
        return directory;
    }
}
