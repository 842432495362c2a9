package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.trait.JsonText;
import dev.swarm.transport.TestFleet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of seeds whose node knows that it published them and finds no entry of its own. */
class LostEntriesIT {

    private static final byte[] CONTENT = Seeds.content(1, 1_000);

    @TempDir
    Path directory;

    @Test
    void journalLost_isPublishedAgainThoughNothingOfItChanged() throws Exception {
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", CONTENT, "*", "0");
            awaitPublished(fleet, 0, blob);
            fleet.node(0).close();
            Files.delete(fleet.data(0).resolve("manifest.journal"));

            SwarmNode again = fleet.start(0);

            TestWait.until(() -> Seeds.isActive(again, blob));
            assertThat(Seeds.broken(again)).isEmpty();
        }
    }

    @Test
    void otherFleet_isPublishedInIt() throws Exception {
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", CONTENT, "*", "0");
            awaitPublished(fleet, 0, blob);
            fleet.node(0).close();

            SwarmNode moved = fleet.start(0, new TestFleet("other").node("node-0.example"));

            TestWait.until(() -> Seeds.isActive(moved, blob));
        }
    }

    @Test
    void otherHostName_isPublishedUnderItAndWhatIsGoneKeepsItsOldEntry() throws Exception {
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            BlobId kept = seeds.place(0, "kept.bin", CONTENT, "*", "0");
            BlobId gone = seeds.place(0, "gone.bin", Seeds.content(2, 1_000), "*", "0");
            awaitPublished(fleet, 0, kept);
            awaitPublished(fleet, 0, gone);
            fleet.node(0).close();
            seeds.remove(0, "gone.bin");

            SwarmNode renamed = fleet.start(0, fleet.member("web-9.example"));

            TestWait.until(() -> Seeds.view(renamed, kept).activeEntries().size() == 2);
            assertThat(renamed.trait("swarm_seeds")).contains(kept.hex(), "\"broken_seeds\":[]");
            assertThat(Seeds.view(renamed, gone).activeEntries())
                    .singleElement()
                    .satisfies(
                            entry -> assertThat(entry.entry().author().host()).isEqualTo("node-0.example"));
        }
    }

    @Test
    void journalLostAndRevokedMeanwhile_isTakenAwayAsPeersTell() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            SwarmNode operator = fleet.startOperator();
            BlobId blob = seeds.place(1, "app.bin", CONTENT, "*", "0");
            awaitPublished(fleet, 1, blob);
            TestWait.until(() -> Seeds.isActive(operator, blob) && Seeds.isActive(fleet.node(0), blob));
            fleet.node(1).close();
            operator.revoke(blob);
            seeds.awaitGone(0, blob);
            Files.delete(fleet.data(1).resolve("manifest.journal"));

            fleet.start(1);

            TestWait.until(() -> Files.notExists(seeds.directory(1).resolve("app.bin.swarm")));
            assertThat(seeds.directory(1)).isEmptyDirectory();
            assertThat(seeds.buried(1, blob)).hasBinaryContent(CONTENT);
            assertThat(Seeds.isActive(fleet.node(0), blob)).isFalse();
        }
    }

    /** Waits until a node has noted that it published a seed. */
    private static void awaitPublished(Fleet fleet, int node, BlobId blob) throws Exception {
        Path noted = fleet.data(node).resolve("seeds.json");
        TestWait.until(() -> Files.exists(noted)
                && JsonText.readObject(Files.readString(noted)).values().stream()
                        .map(seed -> (Map<?, ?>) seed)
                        .anyMatch(seed ->
                                blob.hex().equals(seed.get("sha256")) && Boolean.TRUE.equals(seed.get("published"))));
    }
}
