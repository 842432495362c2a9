package dev.swarm.transport;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Collects one answer, and notes calls that break the order a sink is promised. Read its results from any thread. */
public class CollectingSink implements ResponseSink {

    private static final long WAIT_SECONDS = 30;

    private final CompletableFuture<ResponseHead> head = new CompletableFuture<>();
    private final CompletableFuture<byte[]> end = new CompletableFuture<>();
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger lastCalls = new AtomicInteger();
    private volatile PeerCertificate peer;

    @Override
    public void onHead(ResponseHead received, PeerCertificate from) {
        peer = from;
        head.complete(received);
    }

    @Override
    public void onBody(ByteBuffer data) {
        bytes.addAndGet(data.remaining());
        byte[] copy = new byte[data.remaining()];
        data.get(copy);
        keep(copy);
    }

    @Override
    public void onEnd() {
        lastCalls.incrementAndGet();
        end.complete(body.toByteArray());
    }

    @Override
    public void onFailure(TransportException failure) {
        lastCalls.incrementAndGet();
        head.completeExceptionally(failure);
        end.completeExceptionally(failure);
    }

    /** Keeps part of a body; a subclass may do otherwise. */
    protected void keep(byte[] data) {
        body.writeBytes(data);
    }

    /** Waits for the head. */
    public ResponseHead head() {
        return await(head);
    }

    /** Waits for the end of the answer and gives its status. */
    public int status() {
        await(end);
        return head().status();
    }

    /** Waits for the end of the answer and gives its body. */
    public byte[] body() {
        return await(end);
    }

    /** The body as text. */
    public String text() {
        return new String(body(), StandardCharsets.UTF_8);
    }

    /** Waits for the failure. */
    public TransportException failure() {
        try {
            byte[] whole = end.get(WAIT_SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("answered with " + head().status() + " "
                    + new String(Arrays.copyOf(whole, Math.min(whole.length, 200)), StandardCharsets.UTF_8));
        } catch (ExecutionException e) {
            return (TransportException) e.getCause();
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no failure came", e);
        }
    }

    /** Bytes of body so far. */
    public long bytes() {
        return bytes.get();
    }

    /** How often the sink was told that it is over. */
    public int lastCalls() {
        return lastCalls.get();
    }

    /** Who answered. */
    public PeerCertificate peer() {
        return peer;
    }

    private static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("failed: " + e.getCause().getMessage(), e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("nothing came", e);
        }
    }
}
