package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.Bandwidth;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.node.TransferPhase;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerMap;
import dev.swarm.peer.PeerView;
import dev.swarm.trait.JsonText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a download turns to, and whom it leaves alone. */
class UnhelpfulPeersIT {

    private static final int MIB = 1 << 20;
    private static final Bandwidth SLOW = Bandwidth.bytesPerSecond(12 * MIB);

    @TempDir
    Path directory;

    @Test
    void peerWithoutWhatItClaims_costsNothingAsTheOthersGiveAll() throws Exception {
        byte[] content = Seeds.content(1, 16 * MIB);
        try (Fleet fleet = new Fleet(directory, 1);
                UnhelpfulPeer hollow = new UnhelpfulPeer(fleet.member("hollow.example"), content, 404)) {
            Seeds seeds = new Seeds(fleet);
            List<PeerAddress> peers = List.of(fleet.node(0).address(), hollow.address());
            fleet.start(1, config -> config.peers(peers).maxBandwidth(SLOW));

            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");

            seeds.awaitLinked(1, "app.bin", content);
            assertThat(hollow.refused()).isPositive().isLessThan(32);
            assertThat(Seeds.sources(fleet.node(1), blob))
                    .containsOnlyKeys(fleet.node(0).address().toString());
        }
    }

    @Test
    void onlyPeer_failsForAWhile_isLeftInPeaceAndAskedAgainLater() throws Exception {
        byte[] content = Seeds.content(2, 8 * MIB);
        try (Fleet fleet = new Fleet(directory, 2);
                UnhelpfulPeer failing = new UnhelpfulPeer(fleet.member("failing.example"), content, 503)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(1, "app.bin", content, "node-2*", "0");
            TestWait.until(() -> Seeds.isActive(fleet.node(0), blob));
            fleet.node(1).close();
            List<PeerAddress> peers = List.of(fleet.node(0).address(), failing.address());
            SwarmNode receiver = fleet.start(2, config -> config.peers(peers));
            TestWait.until(() -> failing.refused() >= 4);

            failing.serveFromNowOn();

            seeds.awaitLinked(2, "app.bin", content);
            assertThat(failing.refused()).isLessThan(20);
            assertThat(Seeds.sources(receiver, blob))
                    .containsOnlyKeys(failing.address().toString());
        }
    }

    @Test
    void aFifthOfThePeersServeGarbage_everyCopyIsRightAndTheyAreLeftAlone() throws Exception {
        byte[] content = Seeds.content(5, 16 * MIB);
        try (Fleet fleet = new Fleet(directory, 1);
                UnhelpfulPeer one = new UnhelpfulPeer(fleet.member("liar-1.example"), content, 503);
                UnhelpfulPeer other = new UnhelpfulPeer(fleet.member("liar-2.example"), content, 503)) {
            one.lieFromNowOn();
            other.lieFromNowOn();
            Seeds seeds = new Seeds(fleet);
            List<PeerAddress> peers = List.of(fleet.node(0).address(), one.address(), other.address());
            int receivers = 4;
            for (int i = 1; i <= receivers; i++) {
                fleet.start(i, config -> config.peers(peers).maxBandwidth(SLOW));
            }
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");

            for (int i = 1; i <= receivers; i++) {
                seeds.awaitLinked(i, "app.bin", content);
                assertThat(Seeds.sources(fleet.node(i), blob))
                        .doesNotContainKeys(
                                one.address().toString(), other.address().toString());
            }
            // Three lies each, and what of a fourth was on its way by then.
            assertThat(one.lies()).isBetween(1, receivers * (PeerMap.MAX_FALSE_LEAVES + 16));
            assertThat(fleet.node(1).peers().stream()
                            .filter(peer -> peer.trust() < 0)
                            .map(PeerView::address))
                    .contains(one.address());
        }
    }

    @Test
    void bannedPeer_afterARestart_isLeftAloneForTheRestOfTheHour() throws Exception {
        byte[] content = Seeds.content(6, 8 * MIB);
        try (Fleet fleet = new Fleet(directory, 1);
                UnhelpfulPeer liar = new UnhelpfulPeer(fleet.member("liar.example"), content, 503)) {
            liar.lieFromNowOn();
            Seeds seeds = new Seeds(fleet);
            List<PeerAddress> peers = List.of(fleet.node(0).address(), liar.address());
            fleet.start(1, config -> config.peers(peers).maxBandwidth(SLOW));
            seeds.place(0, "app.bin", content, "*", "0");
            TestWait.until(() -> isBanned(fleet.node(1), liar.address()));
            fleet.node(1).close();
            assertThat(fleet.data(1).resolve("peers.json")).content().contains("banned_until_ms");
            int lies = liar.lies();

            SwarmNode receiver = fleet.start(1, config -> config.peers(peers));

            assertThat(isBanned(receiver, liar.address())).isTrue();
            seeds.awaitLinked(1, "app.bin", content);
            assertThat(liar.lies()).isEqualTo(lies);
            assertThat(isBanned(receiver, liar.address())).isTrue();
        }
    }

    private static boolean isBanned(SwarmNode node, PeerAddress peer) {
        return node.peers().stream().anyMatch(view -> view.address().equals(peer) && view.trust() < 0);
    }

    @Test
    void peerThatAppearsInMidTransfer_isUsed() throws Exception {
        byte[] content = Seeds.content(3, 24 * MIB);
        try (Fleet fleet = new Fleet(directory, 3)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            seeds.awaitLinked(2, "app.bin", content);
            fleet.node(1).close();
            fleet.node(2).close();
            SwarmNode receiver = fleet.start(3, config -> config.maxBandwidth(Bandwidth.bytesPerSecond(MIB)));
            TestWait.until(() ->
                    receiver.status().transfers().stream().anyMatch(view -> view.phase() == TransferPhase.FETCHING));

            PeerAddress late = fleet.start(2).address();

            // Without a limit the first peer would have given all before a connection to the second is open.
            TestWait.until(() -> Seeds.sources(receiver, blob).containsKey(late.toString()));
            receiver.limitDownloads(Bandwidth.bytesPerSecond(64 * MIB));
            seeds.awaitLinked(3, "app.bin", content);
            assertThat(Seeds.sources(receiver, blob))
                    .containsOnlyKeys(fleet.node(0).address().toString(), late.toString());
        }
    }

    @Test
    void sources_inMidTransferAndAtTheEnd_accountForEveryChunk() throws Exception {
        int chunks = 48;
        byte[] content = Seeds.content(4, chunks * MIB - 1_000);
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            SwarmNode first = fleet.start(1, config -> config.maxBandwidth(Bandwidth.bytesPerSecond(32 * MIB)));
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            Path sidecar = fleet.data(1).resolve(".blobs").resolve(blob.hex() + ".sources");
            TestWait.until(() -> Files.exists(sidecar));
            int early = requireConsistent(sidecar);
            assertThat(early).isBetween(32, chunks - 1);
            first.close();

            fleet.start(1);

            TestWait.until(() -> Files.exists(seeds.stored(1, blob)) && requireConsistent(sidecar) == chunks);
            Map<String, Object> told = JsonText.readObject(Files.readString(sidecar));
            Map<?, ?> sources = (Map<?, ?>) told.get("chunk_sources");
            assertThat(sources.get("cached"))
                    .asInstanceOf(InstanceOfAssertFactories.LONG)
                    .isGreaterThanOrEqualTo(early);
            assertThat(sources.get(fleet.node(0).address().toString())).isNotNull();
            assertThat((Long) told.get("active_download_ms")).isNotNegative();
            Map<String, Object> trait = JsonText.readObject(fleet.node(1).trait("swarm"));
            assertThat(trait.get("chunk_details")).isEqualTo(Map.of(blob.hex(), told.get("chunk_details")));
            assertThat((Double) told.get("ratio")).isGreaterThanOrEqualTo(1);
            assertThat(told.get("bound")).isIn("seeder", "peers", "downlink", "disk");
            assertThat((Long) told.get("duplicate_bytes")).isNotNegative();
            for (String key : List.of("ratio", "bound", "duplicate_bytes")) {
                assertThat(trait.get(key)).as(key).isEqualTo(Map.of(blob.hex(), told.get(key)));
            }
            assertThat(sidecar.resolveSibling(sidecar.getFileName() + ".tmp")).doesNotExist();
        }
    }

    /** How many chunks a {@code .sources} file tells of; fails unless its parts agree. */
    private static int requireConsistent(Path sidecar) throws Exception {
        Map<String, Object> told = JsonText.readObject(Files.readString(sidecar));
        List<?> details = (List<?>) told.get("chunk_details");
        TreeSet<Long> chunks = new TreeSet<>();
        long cached = 0;
        for (Object detail : details) {
            Map<?, ?> chunk = (Map<?, ?>) detail;
            chunks.add((Long) chunk.get("chunk"));
            assertThat((Long) chunk.get("ms")).isNotNegative();
            if (chunk.get("source").equals("cached")) {
                assertThat(chunk.get("ms")).isEqualTo(0L);
                cached++;
            }
        }
        Map<?, ?> sources = (Map<?, ?>) told.get("chunk_sources");
        long sum = sources.values().stream().mapToLong(count -> (Long) count).sum();
        assertThat(sum).isEqualTo(details.size()).isEqualTo(chunks.size());
        assertThat(sources.containsKey("cached") ? (Long) sources.get("cached") : 0L)
                .isEqualTo(cached);
        assertThat((Long) told.get("active_download_ms")).isNotNegative();
        return details.size();
    }
}
