package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.examples.fleet.FleetStatus;
import dev.swarm.manifest.EntrySigner;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerId;
import dev.swarm.trait.JsonText;
import dev.swarm.transport.NodeCredentials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How blobs end, beyond what an operator does and what befalls a receiver: from when time counts, and what remains. */
class RetentionIT {

    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void retention_atAReceiver_countsFromTheCompletionOfItsCopy() throws Exception {
        byte[] early = Seeds.content(1, 1_000);
        byte[] late = Seeds.content(2, 1_001);
        try (Fleet fleet = new Fleet(directory, 3)) {
            Seeds seeds = new Seeds(fleet);
            BlobId first = seeds.place(1, "early", early, "node-2*", "4s");
            BlobId second = seeds.place(1, "late", late, "node-2*", "4s");
            seeds.awaitLinked(2, "early", early);
            seeds.awaitLinked(2, "late", late);
            fleet.node(1).close();
            fleet.node(2).close();
            Files.setLastModifiedTime(
                    seeds.stored(2, second), FileTime.from(Instant.now().plus(Duration.ofHours(1))));

            SwarmNode receiver = fleet.start(2);

            seeds.awaitGone(2, first);
            assertThat(seeds.stored(2, second)).hasBinaryContent(late);
            assertThat(Seeds.isActive(receiver, second)).isTrue();
        }
    }

    @Test
    void claimsOfPeers_areForgottenWithTheBlobAndNotBelievedAfterAReseed() throws Exception {
        byte[] content = Seeds.content(3, 2 * MIB);
        try (Fleet fleet = new Fleet(directory, 3)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            seeds.awaitLinked(1, "app.bin", content);
            seeds.awaitLinked(2, "app.bin", content);
            TestWait.until(() -> holders(fleet, 1).containsKey(blob.hex())
                    || holders(fleet, 2).containsKey(blob.hex()));

            fleet.node(0).revoke(blob);
            for (int node = 0; node < 3; node++) {
                int each = node;
                seeds.awaitGone(node, blob);
                TestWait.until(() -> !holders(fleet, each).containsKey(blob.hex()));
            }
            seeds.place(0, "app.bin", content, "node-1*", "0");

            seeds.awaitLinked(1, "app.bin", content);
            assertThat(Seeds.sources(fleet.node(1), blob))
                    .containsOnlyKeys(fleet.node(0).address().toString());
        }
    }

    @Test
    void sameContentSeededByTwoNodes_isThereUntilBothHaveLetGoAndThenNothingIsLeft() throws Exception {
        byte[] content = Seeds.content(4, MIB);
        try (Fleet fleet = new Fleet(directory, 3)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            seeds.awaitLinked(1, "app.bin", content);
            seeds.place(1, "mine.bin", content, "node-2*", "0");
            TestWait.until(() -> Seeds.view(fleet.node(2), blob).activeEntries().size() == 2);
            seeds.awaitLinked(2, "mine.bin", content);

            fleet.node(0).revoke(blob);
            TestWait.until(() -> Seeds.view(fleet.node(2), blob).activeEntries().size() == 1);
            seeds.awaitGone(0, blob);
            awaitEmpty(seeds.directory(0));
            awaitEmpty(fleet.data(0).resolve("files"));
            awaitGone(seeds.linked(1, "app.bin"));
            awaitGone(seeds.linked(2, "app.bin"));
            assertThat(seeds.linked(2, "mine.bin")).hasBinaryContent(content);
            assertThat(seeds.directory(1).resolve("mine.bin")).hasBinaryContent(content);

            fleet.node(1).revoke(blob);
            for (int node = 0; node < 3; node++) {
                seeds.awaitGone(node, blob);
                awaitEmpty(seeds.directory(node));
                awaitEmpty(fleet.data(node).resolve("files"));
                assertThat(Seeds.broken(fleet.node(node))).isEmpty();
            }
        }
    }

    @Test
    void sameContentUnderTwoNames_theNewerRemoved_goesByTheOtherAndItsTerms() throws Exception {
        byte[] content = Seeds.content(6, MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "one.bin", content, "*", "30d");
            seeds.awaitLinked(1, "one.bin", content);
            seeds.place(0, "two.bin", content, "*", "0");
            seeds.awaitLinked(1, "two.bin", content);

            seeds.remove(0, "two.bin");

            TestWait.until(() -> Seeds.view(fleet.node(1), blob).label().name().equals("one.bin"));
            assertThat(Seeds.view(fleet.node(1), blob).winner().entry().retention())
                    .hasToString("30d");
            seeds.awaitLinked(1, "one.bin", content);
            TestWait.until(() -> Files.notExists(seeds.linked(1, "two.bin"), LinkOption.NOFOLLOW_LINKS));
            assertThat(seeds.directory(0).resolve("one.bin")).hasBinaryContent(content);
        }
    }

    @Test
    void graveyardCopy_altered_isNotBroughtBackAndTheBlobIsFetched() throws Exception {
        byte[] content = Seeds.content(7, 2 * MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            seeds.awaitLinked(1, "app.bin", content);
            fleet.node(0).revoke(blob);
            TestWait.until(() -> Files.exists(seeds.buried(0, blob)));
            seeds.awaitGone(1, blob);
            Files.write(seeds.buried(0, blob), Seeds.content(8, 2 * MIB));

            seeds.place(1, "again.bin", content, "*", "0");

            seeds.awaitLinked(0, "again.bin", content);
            assertThat(Seeds.sources(fleet.node(0), blob)).isNotEmpty();
            assertThat(seeds.buried(0, blob)).doesNotExist();
        }
    }

    private static void awaitGone(Path link) throws Exception {
        TestWait.until(() -> Files.notExists(link, LinkOption.NOFOLLOW_LINKS));
    }

    private static void awaitEmpty(Path directory) throws Exception {
        TestWait.until(() -> {
            try (var left = Files.list(directory)) {
                return left.findAny().isEmpty();
            }
        });
    }

    @Test
    void retentionLongOver_authorIsGone_anOperatorEndsTheEntryForAll() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            NodeCredentials author = fleet.formerMember("gone.example");
            BlobId blob = offer(fleet, author, Duration.ofHours(3), "1h");
            BlobId within = offer(fleet, author, Duration.ofMinutes(90), "1h");
            for (int node = 0; node < 2; node++) {
                SwarmNode each = fleet.node(node);
                TestWait.until(() -> Seeds.isActive(each, blob) && Seeds.isActive(each, within));
            }
            assertThat(FleetStatus.of(fleet.node(0), blob).summary())
                    .as("nobody begins with it any more")
                    .containsEntry("pending", 0L);

            SwarmNode operator = fleet.startOperator();

            for (SwarmNode node : fleet.nodes()) {
                TestWait.until(() -> !Seeds.isActive(node, blob));
            }
            assertThat(Seeds.view(fleet.node(1), blob).winner().entry().author())
                    .isEqualTo(operator.id());
            assertThat(Seeds.isActive(operator, within))
                    .as("its author has an hour")
                    .isTrue();
        }
    }

    /** Tells the first node of what a member published so long ago. */
    private static BlobId offer(Fleet fleet, NodeCredentials author, Duration age, String retention) throws Exception {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(age.toString().getBytes(StandardCharsets.UTF_8)));
        BlobCache.Seeded blob = hasher.finish();
        ManifestEntry entry = ManifestEntry.builder()
                .blob(blob.id())
                .author(new PeerId("gone.example"))
                .size(blob.layout().size())
                .root(blob.tree().root())
                .label(Label.of("left.bin"))
                .target(TargetSpec.ALL)
                .retention(Retention.parse(retention))
                .clock(HybridTimestamp.of(Instant.now().minus(age).toEpochMilli(), 0))
                .build();
        EntrySigner signer = EntrySigner.of(author.key(), author.certificate(), FleetId.of(author.authority()));
        ByteBuffer encoded = new SyncFrame(List.of(), List.of(), List.of(signer.sign(entry)), false).encode();
        byte[] frame = new byte[encoded.remaining()];
        encoded.get(frame);
        try (RawMember member =
                new RawMember(fleet.member("witness.example"), fleet.node(0).address())) {
            assertThat(member.post("/manifest/sync", frame.length, "Content-Type: application/octet-stream", frame)
                            .status())
                    .isEqualTo(200);
        }
        return blob.id();
    }

    private static Map<?, ?> holders(Fleet fleet, int node) throws IOException {
        Path state = fleet.data(node).resolve("state.json");
        return Files.exists(state)
                ? (Map<?, ?>) JsonText.readObject(Files.readString(state)).get("holders")
                : Map.of();
    }
}
