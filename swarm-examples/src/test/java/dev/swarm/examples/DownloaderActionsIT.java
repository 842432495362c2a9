package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.Bandwidth;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.examples.doctor.NodeChecks;
import dev.swarm.examples.doctor.NodeReport;
import dev.swarm.examples.fleet.FleetStatus;
import dev.swarm.node.TransferView;
import dev.swarm.trait.JsonText;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens for everything that can befall a downloader. */
class DownloaderActionsIT {

    private static final int MIB = 1 << 20;
    private static final Bandwidth SLOW = Bandwidth.bytesPerSecond(8 * MIB);

    @TempDir
    Path directory;

    @Test
    void partialDownload_interruptedByARestart_goesOnFromTheChunksThatAreThere() throws Exception {
        byte[] content = Seeds.content(1, 32 * MIB);
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            fleet.start(1, config -> config.maxBandwidth(SLOW));
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            awaitChunks(fleet.node(1), blob, 8);
            fleet.node(1).close();
            assertThat(seeds.partial(1, blob)).isDirectory();

            fleet.start(1);

            seeds.awaitLinked(1, "app.bin", content);
            assertThat(Seeds.sources(fleet.node(1), blob).get("cached")).isGreaterThanOrEqualTo(8);
            assertThat(seeds.partial(1, blob)).doesNotExist();
        }
    }

    @Test
    void partialBlobDeleted_restartsFromTheFirstChunk() throws Exception {
        byte[] content = Seeds.content(2, 32 * MIB);
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            SwarmNode receiver = fleet.start(1, config -> config.maxBandwidth(SLOW));
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            awaitChunks(receiver, blob, 4);

            deleteTree(seeds.partial(1, blob));
            receiver.limitDownloads(Bandwidth.unlimited());

            seeds.awaitLinked(1, "app.bin", content);
            assertThat(Seeds.sources(receiver, blob)).doesNotContainKey("cached");
        }
    }

    @Test
    void completeBlobDeleted_isFetchedAgainWithinACycle() throws Exception {
        byte[] content = Seeds.content(3, 4 * MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            seeds.awaitLinked(1, "app.bin", content);

            Files.delete(seeds.stored(1, blob));

            TestWait.until(() -> Files.exists(seeds.stored(1, blob)));
            assertThat(seeds.linked(1, "app.bin")).hasBinaryContent(content);
        }
    }

    @Test
    void directoriesInTheWayOfOneBlob_areSetAsideAndAllComesAgain() throws Exception {
        byte[] large = Seeds.content(13, MIB);
        byte[] small = Seeds.content(14, 100);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId first = seeds.place(0, "app.bin", large, "*", "0");
            BlobId second = seeds.place(0, "small.bin", small, "*", "0");
            seeds.awaitLinked(1, "app.bin", large);
            seeds.awaitLinked(1, "small.bin", small);
            Path tree = seeds.stored(1, first).resolveSibling(first.hex() + ".tree");
            Path sources = seeds.stored(1, first).resolveSibling(first.hex() + ".sources");

            Files.delete(tree);
            Files.createDirectories(tree.resolve("inner"));
            Files.deleteIfExists(sources);
            Files.createDirectories(sources.resolve("inner"));
            Files.write(seeds.stored(1, first), large);
            Files.delete(seeds.stored(1, second));
            Files.createDirectories(seeds.stored(1, second).resolve("inner"));

            TestWait.until(() -> Files.isRegularFile(tree) && Files.isRegularFile(seeds.stored(1, second)));
            seeds.awaitLinked(1, "app.bin", large);
            seeds.awaitLinked(1, "small.bin", small);
            assertThat(fleet.node(1).trait("swarm")).contains(first.hex(), second.hex());
        }
    }

    @Test
    void blobThatComesByOtherMeans_isToldAndLinkedAsIfItHadBeenReceived() throws Exception {
        byte[] content = Seeds.content(16, 32 * MIB);
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            SwarmNode receiver = fleet.start(1, config -> config.maxBandwidth(SLOW));
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            awaitChunks(receiver, blob, 4);
            fleet.node(0).close();
            var complete = receiver.awaitComplete(blob);

            Path copy = Files.write(directory.resolve("copy"), content);
            Files.move(copy, seeds.stored(1, blob));

            assertThat(complete.get(60, TimeUnit.SECONDS)).isEqualTo(blob);
            seeds.awaitLinked(1, "app.bin", content);
            TestWait.until(() -> receiver.status().transfers().isEmpty());
        }
    }

    @Test
    void contentDirectoryDeleted_isMadeAgainAndFilled() throws Exception {
        byte[] content = Seeds.content(15, MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            seeds.awaitLinked(1, "app.bin", content);

            deleteTree(seeds.stored(1, blob).getParent());

            seeds.awaitLinked(1, "app.bin", content);
        }
    }

    @Test
    void revocationInMidDownload_wipesThePartialCopyAtOnce() throws Exception {
        byte[] content = Seeds.content(4, 48 * MIB);
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            SwarmNode receiver = fleet.start(1, config -> config.maxBandwidth(SLOW));
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            awaitChunks(receiver, blob, 4);

            seeds.remove(0, "app.bin");

            seeds.awaitGone(1, blob);
            assertThat(receiver.status().transfers()).isEmpty();
            assertThat(receiver.trait("swarm")).doesNotContain("downloading");
            assertThat(seeds.linked(1, "app.bin")).doesNotExist();
        }
    }

    @Test
    void diskTooSmall_skipsWithTheFiguresAndGoesOnWhenThereIsRoom() throws Exception {
        byte[] content = Seeds.content(5, 16 * MIB);
        try (Fleet fleet = new Fleet(directory, 1);
                SmallDisk disk = new SmallDisk(fleet.data(1), 600)) {
            Seeds seeds = new Seeds(fleet);
            disk.fill(90);
            SwarmNode receiver = fleet.start(1);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            TestWait.until(() -> skipReason(receiver, blob).contains("insufficient disk space"));
            assertThat(skipReason(receiver, blob)).contains("16 MiB + 512 MiB");
            assertThat(seeds.partial(1, blob)).doesNotExist();

            disk.free();

            seeds.awaitLinked(1, "app.bin", content);
            assertThat(receiver.trait("swarm")).doesNotContain("skipped");
            receiver.close();
        }
    }

    @Test
    void diskUnderPressure_skipsByThePercentageAndGoesOnWhenItIsFreed() throws Exception {
        byte[] content = Seeds.content(6, 4 * MIB);
        try (Fleet fleet = new Fleet(directory, 1);
                SmallDisk disk = new SmallDisk(fleet.data(1), 2_000)) {
            Seeds seeds = new Seeds(fleet);
            disk.fill(140);
            SwarmNode receiver = fleet.start(1, config -> config.minFreePercent(95));
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            TestWait.until(() -> skipReason(receiver, blob).contains("disk pressure"));
            assertThat(skipReason(receiver, blob)).contains("needs more than 95 %");

            disk.free();

            seeds.awaitLinked(1, "app.bin", content);
            receiver.close();
        }
    }

    @Test
    void diskFillsUpInMidDownload_pausesAndKeepsWhatIsThere() throws Exception {
        byte[] content = Seeds.content(7, 48 * MIB);
        try (Fleet fleet = new Fleet(directory, 1);
                SmallDisk disk = new SmallDisk(fleet.data(1), 700)) {
            Seeds seeds = new Seeds(fleet);
            SwarmNode receiver = fleet.start(1, config -> config.maxBandwidth(SLOW));
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            awaitChunks(receiver, blob, 4);

            disk.fill(180);
            TestWait.until(() -> skipReason(receiver, blob).contains("insufficient disk space"));
            assertThat(seeds.partial(1, blob)).isDirectory();
            disk.free();
            receiver.limitDownloads(Bandwidth.unlimited());

            seeds.awaitLinked(1, "app.bin", content);
            assertThat(Seeds.sources(receiver, blob).get("cached")).isPositive();
            receiver.close();
        }
    }

    @Test
    void noPeersAvailable_waitsAndCompletesWhenOneComesOnline() throws Exception {
        byte[] content = Seeds.content(8, 4 * MIB);
        try (Fleet fleet = new Fleet(directory, 3)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(1, "app.bin", content, "node-2*", "0");
            fleet.node(2).close();
            TestWait.until(() -> Seeds.isActive(fleet.node(0), blob));
            fleet.node(1).close();
            SwarmNode receiver = fleet.start(2);
            TestWait.until(() -> Seeds.isActive(receiver, blob));
            assertThat(receiver.awaitComplete(blob)).isNotDone();
            TestWait.until(() -> transfer(receiver, blob).stalled());
            assertThat(transfer(receiver, blob).reason())
                    .matches("no progress: no peer has it \\([1-3] peers? known\\)");
            assertThat(receiver.trait("swarm"))
                    .contains("\"stalled\":{\"" + blob.hex() + "\":\"no progress: no peer has it");
            assertThat(NodeChecks.ofItself(NodeReport.ofItself(receiver, fleet.settings(2))))
                    .filteredOn(check -> check.name().equals("transfers"))
                    .singleElement()
                    .matches(check -> !check.ok() && check.finding().contains(blob.hex()));
            assertThat(FleetStatus.of(receiver, blob).toMap().get("nodes").toString())
                    .contains("host=node-2.example, status=pending", "skip_reason=no progress: no peer has it");

            fleet.start(1);

            seeds.awaitLinked(2, "app.bin", content);
            assertThat(receiver.trait("swarm")).doesNotContain("stalled");
        }
    }

    @Test
    void seederGoesOffline_inMidDownload_resumesWhenItIsBack() throws Exception {
        byte[] content = Seeds.content(9, 32 * MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            SwarmNode receiver = fleet.start(2, config -> config.maxBandwidth(SLOW));
            BlobId blob = seeds.place(1, "app.bin", content, "node-2*", "0");
            awaitChunks(receiver, blob, 4);
            fleet.node(1).close();
            receiver.limitDownloads(Bandwidth.unlimited());
            TestWait.until(() -> transfer(receiver, blob).reason().startsWith("no progress"));
            int held = transfer(receiver, blob).chunksHeld();
            assertThat(held).isPositive();

            fleet.start(1);

            seeds.awaitLinked(2, "app.bin", content);
            assertThat(Seeds.sources(receiver, blob).get("cached")).isGreaterThanOrEqualTo(held);
        }
    }

    @Test
    void retentionOver_countedFromTheCompletion_evictsAndDoesNotFetchAgain() throws Exception {
        byte[] content = Seeds.content(10, MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "brief.bin", content, "*", "4s");
            seeds.awaitLinked(1, "brief.bin", content);
            fleet.node(0).close();

            seeds.awaitGone(1, blob);
            TestWait.until(() -> Files.notExists(seeds.linked(1, "brief.bin"), LinkOption.NOFOLLOW_LINKS));
            assertThat(fleet.data(1).resolve("graveyard")).isEmptyDirectory();
            assertThat(fleet.node(1).status().transfers()).isEmpty();
        }
    }

    @Test
    void labelCollision_newestOwnsTheLinkUntilItIsRevoked() throws Exception {
        byte[] first = Seeds.content(11, MIB);
        byte[] second = Seeds.content(12, MIB + 1);
        try (Fleet fleet = new Fleet(directory, 3)) {
            Seeds seeds = new Seeds(fleet);
            seeds.place(0, "app.bin", first, "*", "0");
            seeds.awaitLinked(2, "app.bin", first);
            seeds.place(1, "app.bin", second, "*", "0");
            seeds.awaitLinked(2, "app.bin", second);

            seeds.remove(1, "app.bin");

            seeds.awaitLinked(2, "app.bin", first);
        }
    }

    private static TransferView transfer(SwarmNode node, BlobId blob) {
        return node.status().transfers().stream()
                .filter(view -> view.blob().equals(blob))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitChunks(SwarmNode node, BlobId blob, int chunks) throws Exception {
        TestWait.until(() -> node.status().transfers().stream()
                .anyMatch(view -> view.blob().equals(blob) && view.chunksHeld() >= chunks));
    }

    private static String skipReason(SwarmNode node, BlobId blob) {
        Object skipped = JsonText.readObject(node.trait("swarm")).get("skipped");
        return skipped instanceof Map<?, ?> reasons ? String.valueOf(reasons.get(blob.hex())) : "";
    }

    private static void deleteTree(Path root) throws Exception {
        List<Path> all;
        try (var walk = Files.walk(root)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }
}
