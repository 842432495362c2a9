package dev.swarm.benchmarks;

import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.ResponseSink;
import dev.swarm.transport.TransportException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Waits for an answer and drops its body. */
final class EndOfAnswer implements ResponseSink {

    private final CompletableFuture<Integer> end = new CompletableFuture<>();
    private final CompletableFuture<Boolean> firstByte = new CompletableFuture<>();
    private @Nullable ResponseHead head;

    /** Waits for the end; the status. */
    int await() throws ExecutionException, InterruptedException {
        return end.get();
    }

    /** Waits for the first byte of the body. */
    void awaitFirstByte() throws ExecutionException, InterruptedException {
        firstByte.get();
    }

    /** Waits until it has failed, as was wanted. */
    void awaitFailure() throws InterruptedException {
        try {
            end.get();
        } catch (ExecutionException e) {
            return;
        }
        throw new IllegalStateException("answered, though it was given up");
    }

    @Override
    public void onHead(ResponseHead newHead, PeerCertificate peer) {
        head = newHead;
    }

    @Override
    public void onBody(ByteBuffer data) {
        data.position(data.limit());
        firstByte.complete(true);
    }

    @Override
    public void onEnd() {
        ResponseHead known = head;
        end.complete(known == null ? 0 : known.status());
    }

    @Override
    public void onFailure(TransportException failure) {
        end.completeExceptionally(failure);
        firstByte.completeExceptionally(failure);
    }
}
