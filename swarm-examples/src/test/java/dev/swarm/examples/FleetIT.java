package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.Bandwidth;
import dev.swarm.SeedOptions;
import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.filecast.Filecast;
import dev.swarm.lifecycle.SeedTerms;
import dev.swarm.manifest.EntrySigner;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestImage;
import dev.swarm.manifest.ManifestJournal;
import dev.swarm.manifest.SignedEntry;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerId;
import dev.swarm.trait.JsonText;
import dev.swarm.transport.NodeCredentials;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetIT {

    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void seed_targetEveryone_reachesEveryNodeFromSeveral() throws Exception {
        Path file = file("firmware.bin", 48 * MIB);
        try (Fleet fleet = new Fleet(directory, 4)) {
            BlobId blob = fleet.node(0).seed(file, SeedOptions.to("*"));

            for (SwarmNode node : fleet.nodes()) {
                await(node, blob);
                assertThat(Files.mismatch(node.pathOf(blob), file)).isEqualTo(-1);
            }
            for (SwarmNode receiver : fleet.nodes().subList(1, 4)) {
                assertThat(sources(receiver, blob)).hasSizeGreaterThan(1);
            }
        }
    }

    @Test
    void distribute_label_isLinkedAtReceiversAndDescribedInFiles() throws Exception {
        try (Fleet fleet = new Fleet(directory, 3)) {
            Filecast filecast = fleet.node(1).subsystem(Filecast.class);
            BlobId blob = filecast.distribute(
                            file("app.tar", 3 * MIB),
                            "app-v2",
                            SeedTerms.parse("{\"target\":\"*\",\"retention\":\"0\"}"))
                    .blob();
            assertThat(fleet.data(1).resolve("manifest.json")).content().contains(blob.hex());

            await(fleet.node(2), blob);
            Path link = fleet.data(2).resolve("files").resolve("app-v2");
            TestWait.until(() -> Files.exists(link));
            assertThat(Files.mismatch(link, directory.resolve("app.tar"))).isEqualTo(-1);
            assertThat(fleet.data(1).resolve("seed").resolve("app-v2.swarm")).exists();
            TestWait.until(() ->
                    Files.readString(fleet.data(2).resolve("manifest.json")).contains(blob.hex()));
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(fleet.data(2).resolve("manifest.json"))))
                    .isEqualTo("rw-r--r--");
        }
    }

    @Test
    void seedDirectory_fileWithTerms_isDistributedAndRevokedWhenRemoved() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            Path seed = fleet.data(0).resolve("seed");
            Files.copy(file("logs.gz", 2 * MIB), seed.resolve("logs.gz"));
            Files.writeString(seed.resolve("logs.gz.swarm"), "{\"target\":\"*\",\"retention\":\"7d\"}");
            Path link = fleet.data(1).resolve("files").resolve("logs.gz");
            TestWait.until(() -> Files.exists(link));

            Files.delete(seed.resolve("logs.gz"));
            Files.delete(seed.resolve("logs.gz.swarm"));
            TestWait.until(() -> !Files.exists(link));

            assertThat(fleet.node(1).blobs()).allMatch(blob -> !blob.isActive());
        }
    }

    @Test
    void seedDirectory_brokenTerms_areReportedAndNothingIsPublished() throws Exception {
        try (Fleet fleet = new Fleet(directory, 1)) {
            Path seed = fleet.data(0).resolve("seed");
            Files.writeString(seed.resolve("a.bin"), "content");
            Files.writeString(seed.resolve("a.bin.swarm"), "{\"target\":\"\"}");
            Files.writeString(seed.resolve("b.bin"), "content");
            TestWait.until(
                    () -> String.valueOf(fleet.node(0).trait("swarm_seeds")).contains("b.bin"));

            assertThat(fleet.node(0).trait("swarm_seeds"))
                    .contains("a.bin.swarm", "there is no b.bin.swarm")
                    .contains("\"seeds\":[]");
            assertThat(fleet.node(0).blobs()).isEmpty();
            assertThat(seed.resolve("a.bin")).hasContent("content");
        }
    }

    @Test
    void seed_emptyAndTinyFiles_arrive() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            for (int size : new int[] {0, 1, 65_536, 65_537}) {
                Path file = file("tiny-" + size, size);
                BlobId blob = fleet.node(0).seed(file, SeedOptions.to("*"));
                await(fleet.node(1), blob);
                assertThat(Files.mismatch(fleet.node(1).pathOf(blob), file)).isEqualTo(-1);
            }
        }
    }

    @Test
    void seed_targetNamesOneHost_othersLeaveItAlone() throws Exception {
        try (Fleet fleet = new Fleet(directory, 3)) {
            BlobId blob = fleet.node(0).seed(file("one.bin", MIB), SeedOptions.to("node-1.example"));
            await(fleet.node(1), blob);
            TestWait.until(() -> fleet.node(2).blobs().size() == 1);

            assertThat(fleet.node(2).pathOf(blob)).doesNotExist();
            assertThat(fleet.node(2).status().transfers()).isEmpty();
        }
    }

    @Test
    void ban_byAnOperator_outlivesAReseedByItsAuthor() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            SwarmNode operator = fleet.startOperator();
            Path file = file("bad.bin", MIB);
            BlobId blob = fleet.node(0).seed(file, SeedOptions.to("*"));
            operator.awaitComplete(blob).get(60, TimeUnit.SECONDS);
            assertThatThrownBy(() -> fleet.node(1).ban(blob))
                    .isInstanceOf(SwarmException.class)
                    .hasMessageContaining("has no operator role");

            operator.ban(blob);
            TestWait.until(() -> fleet.nodes().stream().allMatch(node -> Files.notExists(node.pathOf(blob))));
            fleet.node(0).seed(file, SeedOptions.to("*"));
            BlobId later = fleet.node(0).seed(file("later.bin", 2 * MIB), SeedOptions.to("*"));
            fleet.node(1).awaitComplete(later).get(60, TimeUnit.SECONDS);

            assertThat(fleet.node(1).blobs())
                    .filteredOn(view -> view.blob().equals(blob))
                    .singleElement()
                    .satisfies(view -> assertThat(view.state()).isEqualTo(EntryState.BANNED));
            assertThat(fleet.node(1).pathOf(blob)).doesNotExist();
        }
    }

    @Test
    void purge_afterARevocation_hidesItAndItStaysRevokedAfterARestart() throws Exception {
        try (Fleet fleet = new Fleet(directory, 1)) {
            BlobId gone = fleet.node(0).seed(file("gone.bin", MIB), SeedOptions.to("*"));
            BlobId kept = fleet.node(0).seed(file("kept.bin", 2 * MIB), SeedOptions.to("*"));
            fleet.node(0).revoke(gone);
            Path view = fleet.data(0).resolve("manifest.json");
            assertThat(view).content().contains(gone.hex(), kept.hex());

            assertThat(fleet.node(0).purge()).isEqualTo(1);
            assertThat(fleet.node(0).purge()).isZero();

            assertThat(view).content().contains(kept.hex()).doesNotContain(gone.hex());
            fleet.node(0).close();
            SwarmNode again = fleet.start(0);
            assertThat(again.blobs())
                    .filteredOn(blob -> blob.blob().equals(gone))
                    .singleElement()
                    .satisfies(blob -> assertThat(blob.isActive()).isFalse());
            assertThat(view).content().doesNotContain(gone.hex());
        }
    }

    @Test
    void revoke_byItsAuthor_removesEveryCopyAndFailsWaiters() throws Exception {
        try (Fleet fleet = new Fleet(directory, 3)) {
            BlobId blob = fleet.node(0).seed(file("old.bin", 2 * MIB), SeedOptions.to("*"));
            await(fleet.node(1), blob);
            await(fleet.node(2), blob);

            assertThatThrownBy(() -> fleet.node(1).revoke(blob))
                    .isInstanceOf(SwarmException.class)
                    .hasMessageContaining("node-0.example");
            fleet.node(0).revoke(blob);
            TestWait.until(() -> !Files.exists(fleet.node(1).pathOf(blob))
                    && !Files.exists(fleet.node(2).pathOf(blob)));

            assertThat(fleet.node(1).status().revokedBlobs()).isEqualTo(1);
        }
    }

    @Test
    void restart_stateOnDisk_isTakenUpAgain() throws Exception {
        Path file = file("kept.bin", 5 * MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            BlobId blob = fleet.node(0).seed(file, SeedOptions.to("*"));
            await(fleet.node(1), blob);
            fleet.node(1).close();
            SwarmNode again = fleet.start(1);

            await(again, blob);
            assertThat(again.blobs()).singleElement().matches(view -> view.isActive());
            assertThat(again.status().completeBlobs()).isEqualTo(1);
        }
    }

    @Test
    void restart_viewEditedByHand_isSetAsideAndTheJournalCounts() throws Exception {
        try (Fleet fleet = new Fleet(directory, 1)) {
            BlobId blob = fleet.node(0).seed(file("kept.bin", MIB), SeedOptions.to("*"));
            Path view = fleet.data(0).resolve("manifest.json");
            Path journal = fleet.data(0).resolve("manifest.journal");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(journal)))
                    .isEqualTo("rw-------");
            fleet.node(0).close();
            String edited = Files.readString(view).replace("kept.bin", "other.bin");
            Files.writeString(view, edited);

            SwarmNode again = fleet.start(0);

            assertThat(again.blobs()).singleElement().satisfies(kept -> {
                assertThat(kept.blob()).isEqualTo(blob);
                assertThat(kept.label().name()).isEqualTo("kept.bin");
            });
            assertThat(fleet.data(0).resolve("manifest.json.unreadable")).hasContent(edited);
            TestWait.until(() -> Files.exists(view));
            assertThat(view).content().contains("kept.bin").doesNotContain("other.bin");
        }
    }

    @Test
    void restart_journalOfOldRevocations_keepsTheirMarkersAndProofs() throws Exception {
        try (Fleet fleet = new Fleet(directory, 1)) {
            FleetId id = FleetId.of(fleet.issued(0).authority());
            long longAgo = System.currentTimeMillis() - Duration.ofDays(9).toMillis();
            SignedEntry revoked = signed(fleet, "gone.example", EntryState.REVOKED, longAgo);
            SignedEntry active = signed(fleet, "kept.example", EntryState.ACTIVE, longAgo);
            ManifestImage stored = new ManifestImage(
                    7,
                    List.of(revoked, active),
                    List.of(),
                    Map.of(),
                    Map.of(),
                    HybridTimestamp.ZERO,
                    HybridTimestamp.of(longAgo, 5));
            fleet.node(0).close();
            Path journal = fleet.data(0).resolve("manifest.journal");
            try (OutputStream target = Files.newOutputStream(journal)) {
                new ManifestJournal(id, new byte[ManifestJournal.SALT_BYTES]).start(stored, target);
            }

            for (int restart = 0; restart < 2; restart++) {
                try (SwarmNode node = fleet.start(0)) {
                    // It prunes once it has looked at its store: what it still holds of a revoked blob goes first.
                    TestWait.until(() -> ManifestJournal.read(Files.readAllBytes(journal), id)
                                    .image()
                                    .entries()
                                    .size()
                            == 1);
                    assertThat(node.blobs()).hasSize(1);
                }

                ManifestImage image =
                        ManifestJournal.read(Files.readAllBytes(journal), id).image();
                assertThat(image.entries()).containsExactly(active);
                assertThat(image.proofs()).containsExactly(revoked);
                assertThat(image.buriedEntries()).containsKey(revoked.key());
                assertThat(image.purgedUpTo()).isEqualTo(stored.purgedUpTo());
                assertThat(image.version()).isGreaterThan(stored.version());
            }
        }
    }

    @Test
    void restart_copyDeletedMeanwhile_healsByItself() throws Exception {
        Path file = file("heal.bin", 5 * MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            BlobId blob = fleet.node(0).seed(file, SeedOptions.to("*"));
            await(fleet.node(1), blob);
            Files.delete(fleet.node(1).pathOf(blob));

            TestWait.until(() -> Files.exists(fleet.node(1).pathOf(blob)));
            assertThat(Files.mismatch(fleet.node(1).pathOf(blob), file)).isEqualTo(-1);
        }
    }

    @Test
    void limitDownloads_liftedInMidTransfer_theRestComes() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            SwarmNode receiver = fleet.node(1);
            receiver.limitDownloads(Bandwidth.bytesPerSecond(Bandwidth.MIN_BYTES_PER_SECOND));

            BlobId blob = fleet.node(0).seed(file("large.bin", 64 * MIB), SeedOptions.to("*"));
            TestWait.until(() -> !receiver.status().transfers().isEmpty());
            boolean early = receiver.awaitComplete(blob).isDone();
            receiver.limitDownloads(Bandwidth.unlimited());

            assertThat(early).isFalse();
            await(receiver, blob);
        }
    }

    @Test
    void denyList_fileNamesANode_othersRefuseItAndGoOn() throws Exception {
        try (Fleet fleet = new Fleet(directory, 3)) {
            SwarmNode denied = fleet.node(2);
            denied.trait(fleet.node(0).address(), "swarm").get(10, TimeUnit.SECONDS);

            Files.writeString(fleet.denyList(), fleet.deny(2).toJson());

            TestWait.until(() -> refuses(fleet.node(0), denied) && refuses(fleet.node(1), denied));
            BlobId blob = fleet.node(0).seed(file("after.bin", 2 * MIB), SeedOptions.to("*"));
            await(fleet.node(1), blob);
            assertThat(denied.awaitComplete(blob).isDone()).isFalse();
        }
    }

    @Test
    void rotate_newCertificateOfTheSameHost_fleetGoesOn() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            await(fleet.node(1), fleet.node(0).seed(file("before.bin", MIB), SeedOptions.to("*")));

            fleet.node(0).rotate(fleet.credentials(0));

            await(fleet.node(1), fleet.node(0).seed(file("after.bin", MIB), SeedOptions.to("*")));
            assertThatThrownBy(() -> fleet.node(0).rotate(fleet.credentials(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("node-1.example");
        }
    }

    @Test
    void warmUp_isOneNodesOwnAndDelaysNeitherTransfersNorTheStop() throws Exception {
        try (Fleet fleet = new Fleet(directory, 1)) {
            SwarmNode warming = fleet.start(1, config -> config.warmUp(true));
            try (RawMember member = new RawMember(fleet.member("other.example"), warming.address())) {
                assertThat(member.get("/warm-up")).isEqualTo(404);
            }
            Path file = file("meanwhile.bin", 4 * MIB);
            BlobId blob = fleet.node(0).seed(file, SeedOptions.to("*"));
            await(warming, blob);

            warming.close();

            assertThat(Files.mismatch(warming.pathOf(blob), file)).isEqualTo(-1);
        }
    }

    @Test
    void close_runningNodes_leavesNoThread() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            BlobId blob = fleet.node(0).seed(file("x.bin", MIB), SeedOptions.to("*"));
            await(fleet.node(1), blob);
            assertThat(swarmThreads()).isNotEmpty();
        }

        TestWait.until(() -> swarmThreads().isEmpty());
    }

    @Test
    void fetch_closedNode_failsAtOnce() {
        Fleet fleet = new Fleet(directory, 1);
        fleet.close();

        assertThatThrownBy(() ->
                        fleet.node(0).awaitComplete(new BlobId(1, 2, 3, 4)).get(5, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(SwarmException.class);
    }

    private static boolean refuses(SwarmNode node, SwarmNode asker) throws Exception {
        try {
            asker.trait(node.address(), "swarm").get(10, TimeUnit.SECONDS);
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    private static List<String> swarmThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("swarm-"))
                .toList();
    }

    private static void await(SwarmNode node, BlobId blob) throws Exception {
        node.awaitComplete(blob).get(60, TimeUnit.SECONDS);
    }

    private static Map<?, ?> sources(SwarmNode node, BlobId blob) {
        Object all = JsonText.readObject(node.trait("swarm")).get("chunk_sources");
        return (Map<?, ?>) ((Map<?, ?>) all).get(blob.hex());
    }

    private static SignedEntry signed(Fleet fleet, String host, EntryState state, long epochMillis) {
        NodeCredentials author = fleet.member(host);
        ManifestEntry entry = ManifestEntry.builder()
                .blob(new BlobId(1, 2, 3, epochMillis + host.hashCode()))
                .author(new PeerId(host))
                .size(1)
                .root(new TreeRoot(1, 2, 3, 4))
                .label(new Label("old"))
                .target(TargetSpec.ALL)
                .state(state)
                .clock(HybridTimestamp.of(epochMillis, 0))
                .build();
        return EntrySigner.of(author.key(), author.certificate(), FleetId.of(author.authority()))
                .sign(entry);
    }

    private Path file(String name, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return Files.write(directory.resolve(name), bytes);
    }
}
