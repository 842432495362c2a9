package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.NodeStatus;
import dev.swarm.SwarmConfig;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.node.SourceReport;
import dev.swarm.node.TransferPace;
import dev.swarm.node.TransferPhase;
import dev.swarm.node.TransferView;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.trait.JsonText;
import dev.swarm.transport.TestFleet;
import dev.swarm.user.UserPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StateJsonTest {

    private static final BlobId FIRST = new BlobId(0, 0, 0, 1);
    private static final BlobId SECOND = new BlobId(0, 0, 0, 2);
    private static final BlobId THIRD = new BlobId(0, 0, 0, 3);

    private final StateJson state = new StateJson(
            SwarmConfig.builder(Path.of("data"), new TestFleet("blue").node("self"))
                    .traits(Map.of("role", "web"))
                    .minFreePercent(7)
                    .build(),
            new SubsystemHost(new PeerId("self"), Runnable::run, UserPolicy.NOBODY),
            () -> null);

    @Test
    void transfers_asTheyAre_areTold() {
        TransferView waiting = transfer(FIRST, TransferPhase.WAITING, 0, false);
        TransferView fetching = transfer(SECOND, TransferPhase.FETCHING, 0, false);
        TransferView noRoom = transfer(THIRD, TransferPhase.WAITING, 2, true);

        Map<String, @Nullable Object> members = write(status(0, waiting, fetching, noRoom), List.of());

        assertThat(members).containsEntry("downloading", Map.of(SECOND.hex(), 0L));
        assertThat(members).containsEntry("skipped", Map.of(THIRD.hex(), "why"));
        assertThat(members).containsEntry("stalled", Map.of(FIRST.hex(), "why"));
    }

    @Test
    void heldBlobs_allOfThem_areTold() {
        Map<String, @Nullable Object> members = write(status(2), List.of(FIRST, THIRD));

        assertThat(members).containsEntry("blobs", List.of(FIRST.hex(), THIRD.hex()));
        assertThat(members).containsEntry("blob_count", 2L).doesNotContainKey("left_out");
        assertThat(members).containsEntry("traits", Map.of("role", "web")).containsEntry("min_free_pct", 7.0);
    }

    @Test
    void heldBlobs_moreThanAreTold_areNamedAsLeftOut() {
        Map<String, @Nullable Object> members = write(status(3), List.of(FIRST, THIRD));

        assertThat(members).containsEntry("blob_count", 3L).containsEntry("left_out", List.of("blobs"));
    }

    private Map<String, @Nullable Object> write(NodeStatus status, List<BlobId> held) {
        return JsonText.readObject(state.write(status, new StateJson.Blobs(held, 40, Map.of()), 1_000));
    }

    private static NodeStatus status(int complete, TransferView... transfers) {
        return new NodeStatus(
                new PeerId("self"),
                PeerAddress.parse("192.0.2.1:1531"),
                Map.of(),
                1,
                3,
                0,
                0,
                complete,
                List.of(transfers),
                null,
                null);
    }

    private static TransferView transfer(BlobId blob, TransferPhase phase, int chunks, boolean skipped) {
        SourceReport sources = new SourceReport(Map.of(), List.of(), 0, TransferPace.NONE);
        boolean stalled = phase == TransferPhase.WAITING && !skipped;
        return new TransferView(blob, new BlobLayout(5_000_000), phase, chunks, "why", skipped, stalled, sources);
    }
}
