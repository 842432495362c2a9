package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import org.junit.jupiter.api.Test;

class OpeningBlobsTest {

    private static final BlobId BLOB = new BlobId(1, 2, 3, 4);

    private final OpeningBlobs blobs = new OpeningBlobs();

    @Test
    void end_nobodyGaveUp_isWaitedForOnce() {
        OpeningBlobs.Opening opening = blobs.begin(BLOB);

        assertThat(blobs.end(BLOB, opening)).isTrue();
        assertThat(blobs.end(BLOB, opening)).isFalse();
        assertThat(blobs.giveUp(BLOB)).isNull();
    }

    @Test
    void end_givenUpAndBegunAnew_isNotTakenForTheNewOne() {
        OpeningBlobs.Opening first = blobs.begin(BLOB);
        assertThat(blobs.giveUp(BLOB)).isSameAs(first);
        OpeningBlobs.Opening second = blobs.begin(BLOB);

        assertThat(blobs.end(BLOB, first)).isFalse();
        assertThat(blobs.end(BLOB, second)).isTrue();
    }
}
