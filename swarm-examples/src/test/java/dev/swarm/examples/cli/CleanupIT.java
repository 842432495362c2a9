package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.examples.TestWait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CleanupIT {

    @TempDir
    Path directory;

    private NodeProcesses nodes;
    private Path data;

    @BeforeEach
    void makeNodes() {
        nodes = new NodeProcesses(directory);
        data = nodes.data("a");
    }

    @AfterEach
    void stopNodes() throws InterruptedException {
        nodes.stop();
    }

    @Test
    void cleanup_noNodeRuns_removesLeftoversAndNothingElse() throws Exception {
        Path kept = plant();
        String partial = ".blobs/" + kept.getFileName() + ".partial";

        assertThat(nodes.about("a", "cleanup", "--dry-run").out())
                .isEqualTo("would remove " + partial + "\nwould remove files/gone\n");
        assertThat(data.resolve(partial)).exists();

        assertThat(nodes.about("a", "cleanup", "--json").out().strip())
                .isEqualTo("{\"removed\":[\"" + partial + "\",\"files/gone\"]}");
        assertThat(data.resolve(partial)).doesNotExist();
        assertThat(Files.exists(data.resolve("files/gone"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        assertThat(kept).exists();
        assertThat(data.resolve("files/good")).exists();
        assertThat(data.resolve(".blobs/" + "cd".repeat(32) + ".partial")).exists();
        assertThat(nodes.about("a", "cleanup").out()).isEqualTo("nothing to remove\n");
    }

    @Test
    void cleanup_nodeRuns_isDoneByIt() throws Exception {
        NodeProcesses.listenAddress(nodes.start("a"));
        awaitFirstLookAtSeeds();
        Path kept = plant();

        assertThat(nodes.about("a", "cleanup").out())
                .contains("removed .blobs/" + kept.getFileName() + ".partial", "removed files/gone");
        assertThat(kept).exists();
    }

    @Test
    void cleanup_noDirectory_isRefused() {
        assertThat(nodes.about("none", "cleanup").code()).isEqualTo(CommandFailure.NOT_FOUND);
    }

    @Test
    void status_watched_isShownAgain() throws Exception {
        NodeProcesses.listenAddress(nodes.start("a"));
        TestWait.until(() -> Files.exists(data.resolve("state.json")));

        NodeProcesses.Answer answer = nodes.about("a", "status", "--watch=50ms", "--times", "3");

        assertThat(answer.code()).isZero();
        assertThat(answer.out().lines().filter(line -> line.contains("manifest version")))
                .hasSize(3);
        assertThat(answer.out()).contains("filecast open");
    }

    /** Filecast removes links to nothing itself when it starts, and looks for seeds after that. */
    private void awaitFirstLookAtSeeds() throws Exception {
        Files.writeString(Files.createDirectories(data.resolve("seed")).resolve("alone"), "no terms");
        Path state = data.resolve("state.json");
        TestWait.until(() -> Files.exists(state) && Files.readString(state).contains("alone"));
    }

    /** A blob with a link and a partial copy that it does not need, one that is being received, a link to nothing. The first. */
    private Path plant() throws IOException {
        Path file = Files.writeString(directory.resolve("good.bin"), "good");
        BlobId blob;
        try (BlobCache cache = BlobCache.open(data)) {
            blob = cache.addSeed(file).id();
        }
        Path content = data.resolve(".blobs").resolve(blob.hex());
        Files.createSymbolicLink(data.resolve("files/good"), Path.of("..", ".blobs", blob.hex()));
        Files.createSymbolicLink(data.resolve("files/gone"), Path.of("..", ".blobs", "ab".repeat(32)));
        for (String id : new String[] {blob.hex(), "cd".repeat(32)}) {
            Path partial = Files.createDirectory(data.resolve(".blobs").resolve(id + ".partial"));
            Files.writeString(partial.resolve("data"), "go");
        }
        return content;
    }
}
