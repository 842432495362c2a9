package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.Label;
import dev.swarm.blob.LeafSet;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When a node asks a peer for the first bytes of a blob that it just learned of. */
class DownloadStartTest {

    private static final long EPOCH_MILLIS = 1_700_000_000_000L;
    private static final long MILLI = 1_000_000L;

    private static final FleetId FLEET = new FleetId("5a".repeat(32));
    private static final PeerId SEEDER_ID = new PeerId("seeder");

    @Test
    void start_sameNodeAndBlob_comesAfterTheSameTime() {
        assertThat(delay("web-7", 1, 100)).isEqualTo(delay("web-7", 1, 100));
    }

    @Test
    void start_manyNodes_areSpreadOverTenMillisecondsForEachThatIsKnown() {
        List<Long> delays = IntStream.range(0, 60)
                .mapToObj(node -> delay("web-" + node, 1, 50))
                .toList();

        assertThat(delays).allMatch(delay -> delay >= 0 && delay <= 500 * MILLI);
        for (int tenth = 0; tenth < 10; tenth += 2) {
            long from = tenth * 50L * MILLI;
            assertThat(delays).anyMatch(delay -> delay >= from && delay <= from + 100 * MILLI);
        }
        assertThat(delays).doesNotHaveDuplicates();
    }

    @Test
    void start_otherBlob_comesAtAnotherTime() {
        assertThat(delay("web-7", 1, 100)).isNotEqualTo(delay("web-7", 2, 100));
    }

    @Test
    void start_largeFleet_waitsASecondAtMost() {
        List<Long> delays = IntStream.range(0, 60)
                .mapToObj(node -> delay("web-" + node, 1, 2_000))
                .toList();

        assertThat(delays).allMatch(delay -> delay <= 1_000 * MILLI).anyMatch(delay -> delay > 700 * MILLI);
    }

    @Test
    void start_oneOtherNode_hardlyWaits() {
        for (int node = 0; node < 20; node++) {
            assertThat(delay("web-" + node, 1, 1)).isLessThanOrEqualTo(10 * MILLI);
        }
    }

    @Test
    void start_peerThatHadNothingTellsOfItsFirstLeaves_asksThatPeer() {
        long delay = delay(
                "web-7",
                1,
                1,
                blob -> List.of(
                        Watch.Share.of(blob, LeafSet.none(new BlobLayout(1L << 30).leafCount())),
                        Watch.Share.more(blob, 3, new int[] {5, 6})));

        assertThat(delay).isLessThanOrEqualTo(10 * MILLI);
    }

    /** Nanoseconds from the entry's arrival to the first request for the blob, at a node that knows so many others. */
    private static long delay(String host, int content, int known) {
        return delay(
                host,
                content,
                known,
                blob -> List.of(new Watch.Share(blob, Watch.Extent.ALL, 9, ByteBuffer.allocate(0))));
    }

    /** The same where one of them says one thing after the other of what it has. */
    private static long delay(String host, int content, int known, Function<BlobId, List<Watch.Share>> told) {
        List<Long> asked = new ArrayList<>();
        List<Long> watches = new ArrayList<>();
        NodeEffects effects = Scripted.of(NodeEffects.class, (method, given) -> {
            switch (method) {
                case "watch" -> watches.add((Long) given[1]);
                case "fetchTree" -> asked.add(0L);
                default -> {}
            }
            return null;
        });
        NodeRules rules = Scripted.rules(new PeerId(host), FLEET.tag());
        PeerMap peers = PeerMap.create(new PeerId(host), PeerMap.DEFAULT_MAX_PEERS);
        NodeMachine machine = new NodeMachine(
                rules, ManifestCrdt.create(ManifestPolicy.builder().build()), peers, effects, new Random(1));
        Moment start = new Moment(MILLI, EPOCH_MILLIS);
        for (int i = 0; i < known; i++) {
            machine.suggested(PeerAddress.parse("10.1." + i / 250 + "." + (1 + i % 250) + ":1531"), start);
        }
        machine.advance(start);
        VerifiedEntry entry = entry(content);
        machine.merge(entry, start);
        machine.advance(start);
        for (Watch.Share share : told.apply(entry.entry().blob())) {
            Watch.Reply reply = new Watch.Reply(
                    new Fingerprint(0, 0), 0, 0, EPOCH_MILLIS, SyncFrame.FINISHED, List.of(share), List.of());
            machine.watchAnswered(watches.get(0), SEEDER_ID, reply, List.of(), start);
            watches.clear();
            machine.advance(start);
        }
        long nanos = start.nanos();
        while (asked.isEmpty()) {
            assertThat(nanos).as("still nothing asked for").isLessThan(3_600_000 * MILLI);
            Moment now = new Moment(nanos, EPOCH_MILLIS + nanos / MILLI);
            machine.advance(now);
            nanos = asked.isEmpty() ? Math.max(nanos + 1, machine.wakeAt(now)) : nanos;
        }
        return nanos - start.nanos();
    }

    /** An entry of 1 GiB. Only its id differs with the content. */
    private static VerifiedEntry entry(int content) {
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(new byte[] {(byte) content}));
        BlobCache.Seeded blob = hasher.finish();
        ManifestEntry entry = ManifestEntry.builder()
                .blob(blob.id())
                .author(SEEDER_ID)
                .size(1L << 30)
                .root(blob.tree().root())
                .label(Label.of("app.bin"))
                .target(TargetSpec.ALL)
                .clock(HybridTimestamp.of(EPOCH_MILLIS, 0))
                .build();
        try {
            return ModelledMembers.verifier(FLEET)
                    .verify(ModelledMembers.signer(FLEET, SEEDER_ID).sign(entry));
        } catch (RefusedEntryException e) {
            throw new AssertionError(e);
        }
    }
}
