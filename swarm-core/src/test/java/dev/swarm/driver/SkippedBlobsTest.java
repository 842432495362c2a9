package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.node.SourceReport;
import dev.swarm.node.TransferPace;
import dev.swarm.node.TransferPhase;
import dev.swarm.node.TransferView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SkippedBlobsTest {

    private static final BlobId A = new BlobId(1, 2, 3, 4);
    private static final BlobId B = new BlobId(2, 2, 3, 4);

    private static final SourceReport NOTHING = new SourceReport(Map.of(), List.of(), 0, TransferPace.NONE);

    private final List<String> said = new ArrayList<>();
    private final SkippedBlobs skipped =
            new SkippedBlobs((blob, why) -> said.add(blob + " skipped: " + why), blob -> said.add(blob + " no longer"));

    @Test
    void look_blobWaitsForRoomThroughManyCycles_isSaidOnceWhenItBeginsAndOnceWhenItIsOver() {
        for (int cycle = 0; cycle < 100; cycle++) {
            skipped.look(List.of(transfer(A, "insufficient disk space: " + cycle + " bytes are free", true)));
        }
        skipped.look(List.of(transfer(A, "", false)));
        skipped.look(List.of());

        assertThat(said).containsExactly(A + " skipped: insufficient disk space: 0 bytes are free", A + " no longer");
    }

    @Test
    void look_blobIsWantedNoLonger_isOver() {
        skipped.look(List.of(transfer(A, "full", true), transfer(B, "full", true)));
        skipped.look(List.of(transfer(B, "full", true)));

        assertThat(said).containsExactly(A + " skipped: full", B + " skipped: full", A + " no longer");
    }

    @Test
    void look_blobHasToWaitOnceMore_isSaidOnceMore() {
        skipped.look(List.of(transfer(A, "full", true)));
        skipped.look(List.of(transfer(A, "no peer has it", false)));
        skipped.look(List.of(transfer(A, "full", true)));

        assertThat(said).hasSize(3);
    }

    private static TransferView transfer(BlobId blob, String reason, boolean forDisk) {
        return new TransferView(blob, new BlobLayout(10), TransferPhase.WAITING, 0, reason, forDisk, false, NOTHING);
    }
}
