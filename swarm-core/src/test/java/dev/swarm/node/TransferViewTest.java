package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransferViewTest {

    @ParameterizedTest(name = "{0} with {1} chunks, skipped {2}: {3}")
    @CsvSource(textBlock = """
            WAITING,    0, false, false
            WAITING,    2, false, true
            WAITING,    2, true,  false
            TREE,       0, false, false
            OPENING,    0, false, false
            OPENING,    2, false, true
            FETCHING,   0, false, true
            COMMITTING, 5, false, true
            """)
    void isUnderWay_withoutContentComingOrHere_isNot(
            TransferPhase phase, int chunks, boolean skipped, boolean underWay) {
        TransferView view = new TransferView(
                new BlobId(1, 2, 3, 4),
                new BlobLayout(5_000_000),
                phase,
                chunks,
                "",
                skipped,
                false,
                SourceReport.NONE);

        assertThat(view.isUnderWay()).isEqualTo(underWay);
    }
}
