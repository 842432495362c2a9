package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.EntrySigner;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.NodeCredentials;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That a member who says something false of what another one publishes keeps nobody from it, and has nobody else banned. */
class FalseEntriesIT {

    private static final int BLOBS = 5;
    private static final int SMALL = 1_000;
    private static final int LARGE = 300_000;

    @TempDir
    Path directory;

    private static BlobCache.Seeded described(byte[] content) {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(content));
        return hasher.finish();
    }

    /** The first blob is said to have {@code firstClaim} bytes, the others 1,000 with a root that is not theirs. */
    @ParameterizedTest(name = "blobs of {0} bytes, the first said to have {1}")
    @CsvSource({SMALL + ", 10", LARGE + ", 0"})
    void blobs_saidToBeOtherContentOfOneLeafOrNone_comeAndTheirSeederIsNotBanned(int size, int firstClaim)
            throws Exception {
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            NodeCredentials liar = fleet.member("liar.example");
            for (int i = 0; i < BLOBS; i++) {
                place(seeds, i, size);
                int claimed = i == 0 ? firstClaim : SMALL;
                claim(fleet, liar, Seeds.content(i, size), described(Seeds.content(i + BLOBS, claimed)));
            }

            SwarmNode receiver = fleet.start(1);

            for (int i = 0; i < BLOBS; i++) {
                seeds.awaitLinked(1, label(i), Seeds.content(i, size));
            }
            assertTrusted(receiver, fleet.node(0).address());
        }
    }

    @Test
    void largeBlob_ofWhichAnAccompliceHasFalseLeafHashes_comesAndItsSeederIsNotBanned() throws Exception {
        byte[] content = Seeds.content(0, LARGE);
        byte[] other = Seeds.content(1, LARGE);
        BlobId blob = Seeds.idOf(content);
        try (Fleet fleet = new Fleet(directory, 1);
                UnhelpfulPeer liar = new UnhelpfulPeer(fleet.member("liar.example"), blob, other, 503)) {
            Seeds seeds = new Seeds(fleet);
            place(seeds, 0, LARGE);
            claim(fleet, fleet.member("liar.example"), content, described(other));
            List<PeerAddress> peers = List.of(fleet.node(0).address(), liar.address());

            SwarmNode receiver = fleet.start(1, config -> config.peers(peers));

            TestWait.until(() -> liar.refused() > 0);
            seeds.awaitLinked(1, label(0), content);
            assertTrusted(receiver, fleet.node(0).address());
        }
    }

    private static String label(int number) {
        return "app-" + number;
    }

    private static void place(Seeds seeds, int number, int size) throws Exception {
        seeds.place(0, label(number), Seeds.content(number, size), "*", "0");
    }

    private static void assertTrusted(SwarmNode node, PeerAddress seeder) {
        assertThat(node.peers())
                .filteredOn(peer -> peer.address().equals(seeder))
                .allSatisfy(peer -> assertThat(peer.trust()).isPositive())
                .hasSize(1);
    }

    /** Has the first node, which publishes a content, hear that it looks like another one. */
    private static void claim(Fleet fleet, NodeCredentials liar, byte[] content, BlobCache.Seeded another)
            throws Exception {
        BlobId blob = Seeds.idOf(content);
        TestWait.until(() -> Seeds.isActive(fleet.node(0), blob));
        ManifestEntry entry = ManifestEntry.builder()
                .blob(blob)
                .author(new PeerId("liar.example"))
                .size(another.layout().size())
                .root(another.tree().root())
                .label(new Label("other"))
                .target(TargetSpec.ALL)
                .state(EntryState.ACTIVE)
                .clock(HybridTimestamp.of(System.currentTimeMillis() + 5_000, 0))
                .build();
        EntrySigner signer = EntrySigner.of(liar.key(), liar.certificate(), FleetId.of(liar.authority()));
        ByteBuffer frame = new SyncFrame(List.of(), List.of(), List.of(signer.sign(entry)), false).encode();
        byte[] bytes = new byte[frame.remaining()];
        frame.get(bytes);
        try (RawMember member = new RawMember(liar, fleet.node(0).address())) {
            assertThat(member.post("/manifest/sync", bytes.length, "Content-Type: application/octet-stream", bytes)
                            .status())
                    .isEqualTo(200);
        }
        TestWait.until(() -> Seeds.view(fleet.node(0), blob).shapes().size() == 2);
        assertThat(Seeds.view(fleet.node(0), blob).winner().entry().author()).isEqualTo(new PeerId("liar.example"));
    }
}
