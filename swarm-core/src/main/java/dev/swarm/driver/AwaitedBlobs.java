package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.SwarmException.Reason;
import dev.swarm.blob.BlobId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** Who waits for blobs to be complete. They are told on the thread that finds out. Safe for many threads. */
final class AwaitedBlobs {

    private final Map<BlobId, CompletableFuture<BlobId>> waiting = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** What completes with the blob; the caller's own. */
    CompletableFuture<BlobId> await(BlobId blob) {
        CompletableFuture<BlobId> answer = waiting.computeIfAbsent(blob, id -> new CompletableFuture<>());
        if (closed) {
            answer.completeExceptionally(Lifetime.closed());
        }
        return answer.copy();
    }

    void completed(BlobId blob) {
        CompletableFuture<BlobId> answer = waiting.remove(blob);
        if (answer != null) {
            answer.complete(blob);
        }
    }

    void revoked(Set<BlobId> blobs) {
        if (blobs.isEmpty()) {
            return;
        }
        waiting.forEach((blob, answer) -> {
            if (blobs.contains(blob) && waiting.remove(blob, answer)) {
                answer.completeExceptionally(new SwarmException(Reason.REVOKED, "blob " + blob + " was revoked"));
            }
        });
    }

    /** Fails those who wait, and who will. */
    void close() {
        closed = true;
        waiting.values().forEach(answer -> answer.completeExceptionally(Lifetime.closed()));
    }
}
