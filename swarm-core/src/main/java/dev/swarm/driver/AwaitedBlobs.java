package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.blob.BlobId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Who waits for blobs to be complete. They are told on threads of an executor, where they may ask the node. Safe for many threads. */
final class AwaitedBlobs {

    private final Map<BlobId, CompletableFuture<BlobId>> waiting = new ConcurrentHashMap<>();
    private final Executor tellers;
    private volatile boolean closed;

    AwaitedBlobs(Executor tellers) {
        this.tellers = tellers;
    }

    /** What completes with the blob; the caller's own. */
    CompletableFuture<BlobId> await(BlobId blob) {
        CompletableFuture<BlobId> answer = waiting.computeIfAbsent(blob, id -> new CompletableFuture<>());
        if (closed) {
            answer.completeExceptionally(gone());
        }
        return answer.copy();
    }

    void completed(BlobId blob) {
        CompletableFuture<BlobId> answer = waiting.remove(blob);
        if (answer != null) {
            tell(() -> answer.complete(blob));
        }
    }

    void revoked(Set<BlobId> blobs) {
        if (blobs.isEmpty()) {
            return;
        }
        waiting.forEach((blob, answer) -> {
            if (blobs.contains(blob) && waiting.remove(blob, answer)) {
                SwarmException why = new SwarmException(Reason.REVOKED, "blob " + blob + " was revoked");
                tell(() -> answer.completeExceptionally(why));
            }
        });
    }

    private void tell(Runnable telling) {
        try {
            tellers.execute(telling);
        } catch (RejectedExecutionException e) {
            // The node stops: whoever waits hears it now or never.
            telling.run();
        }
    }

    /** Fails those who wait, and who will. */
    void close() {
        closed = true;
        waiting.values().forEach(answer -> answer.completeExceptionally(gone()));
    }

    private static SwarmException gone() {
        return new SwarmException(Reason.CLOSED, "the node is closed");
    }
}
