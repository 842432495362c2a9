package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.blob.BlobId;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class AwaitedBlobsTest {

    private static final BlobId BLOB = BlobId.parse("ab".repeat(32));

    private final AwaitedBlobs awaited = new AwaitedBlobs();

    @Test
    void completed_tellsWhoWaits() {
        CompletableFuture<BlobId> answer = awaited.await(BLOB);
        assertThat(answer).isNotDone();

        awaited.completed(BLOB);

        assertThat(answer).isCompletedWithValue(BLOB);
    }

    @Test
    void await_givenUpByOneCaller_goesOnForOthers() {
        CompletableFuture<BlobId> first = awaited.await(BLOB);
        CompletableFuture<BlobId> second = awaited.await(BLOB);
        first.completeExceptionally(new TimeoutException());
        CompletableFuture<BlobId> third = awaited.await(BLOB);

        awaited.completed(BLOB);

        assertThat(second).isCompletedWithValue(BLOB);
        assertThat(third).isCompletedWithValue(BLOB);
    }

    @Test
    void revoked_failsWhoWaits() {
        CompletableFuture<BlobId> answer = awaited.await(BLOB);

        awaited.revoked(Set.of(BLOB));

        assertThatThrownBy(answer::join)
                .hasCauseInstanceOf(SwarmException.class)
                .hasMessageContaining("was revoked");
    }

    @Test
    void close_failsWhoWaitsAndWhoWill() {
        CompletableFuture<BlobId> before = awaited.await(BLOB);
        awaited.close();

        assertThat(before).isCompletedExceptionally();
        assertThat(awaited.await(BLOB)).isCompletedExceptionally();
    }
}
