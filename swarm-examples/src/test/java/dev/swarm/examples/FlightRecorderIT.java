package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.NodeCounter;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.peer.PeerAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a recording of JDK Flight Recorder holds of a node, and what the node counts of the same. */
class FlightRecorderIT {

    private static final String PREFIX = "dev.swarm.";

    @TempDir
    Path directory;

    @Test
    void transferWithALiar_isRecordedAndCounted() throws Exception {
        byte[] content = Seeds.content(1, 8 << 20);
        try (Recording recording = recording("Connect", "TransferEnd", "VerificationFailure", "GossipExchange", "Ban");
                Fleet fleet = new Fleet(directory, 1);
                UnhelpfulPeer liar = new UnhelpfulPeer(fleet.member("liar.example"), content, 503)) {
            liar.lieFromNowOn();
            List<PeerAddress> peers = List.of(fleet.node(0).address(), liar.address());
            SwarmNode receiver = fleet.start(1, config -> config.peers(peers));
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "0");
            seeds.awaitLinked(1, "app.bin", content);
            TestWait.until(() -> receiver.counts().get(NodeCounter.BANS) > 0);

            Map<String, List<RecordedEvent>> events = stop(recording);

            assertThat(events.get("Connect"))
                    .extracting(event -> event.getString("peer"))
                    .contains("node-0.example", "liar.example");
            assertThat(events.get("TransferEnd"))
                    .filteredOn(event -> event.getString("outcome").equals("complete"))
                    .extracting(event -> event.getString("blob"))
                    .containsExactly(blob.hex());
            assertThat(events.get("VerificationFailure"))
                    .hasSizeGreaterThanOrEqualTo(3)
                    .allMatch(event ->
                            event.getString("peer").equals(liar.address().toString()));
            assertThat(events.get("Ban"))
                    .extracting(event -> event.getString("peer"))
                    .containsOnly(liar.address().toString());
            assertThat(events.get("GossipExchange"))
                    .anyMatch(event -> event.getInt("entries") > 0
                            && event.getString("peer")
                                    .equals(fleet.node(0).address().toString()));
            Map<NodeCounter, Long> counts = receiver.counts();
            assertThat(counts).containsEntry(NodeCounter.COMPLETED_TRANSFERS, 1L);
            assertThat(counts.get(NodeCounter.RECEIVED_BYTES)).isGreaterThanOrEqualTo(content.length);
            assertThat(fleet.node(0).counts().get(NodeCounter.SENT_BYTES)).isPositive();
            assertThat(counts.get(NodeCounter.REJECTED_LEAVES)).isGreaterThanOrEqualTo(3);
            assertThat(counts.get(NodeCounter.GOSSIP_EXCHANGES)).isPositive();
        }
    }

    @Test
    void transferWithoutRoom_isRecordedAndCounted() throws Exception {
        try (Recording recording = recording("GateSkip");
                Fleet fleet = new Fleet(directory, 1)) {
            SwarmNode receiver = fleet.start(1, config -> config.minFreePercent(99.9));
            BlobId blob = new Seeds(fleet).place(0, "app.bin", Seeds.content(2, 100), "*", "0");
            TestWait.until(() -> receiver.counts().get(NodeCounter.SKIPS) > 0);

            List<RecordedEvent> skips = stop(recording).get("GateSkip");

            assertThat(skips).extracting(event -> event.getString("subject")).containsOnly(blob.hex());
            assertThat(skips.get(0).getString("reason")).startsWith("disk pressure");
        }
    }

    private static Recording recording(String... events) {
        Recording recording = new Recording();
        for (String event : events) {
            recording.enable(PREFIX + event);
        }
        recording.start();
        return recording;
    }

    private Map<String, List<RecordedEvent>> stop(Recording recording) throws Exception {
        recording.stop();
        Path file = directory.resolve("recording.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .collect(Collectors.groupingBy(
                        event -> event.getEventType().getName().replace(PREFIX, "")));
    }
}
