package dev.swarm.benchmarks.pair;

import dev.swarm.benchmarks.rig.LoopbackTransport;
import dev.swarm.blob.BlobLayout;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Request;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Asks for stripes over the transport, several at a time; the next is asked for when one is written. */
final class TransportReceiver implements Receiver {

    /** Requests that a connection has to have before the transport opens another. */
    private static final int REQUESTS_PER_CONNECTION = 4;
    /** The transport opens no more to one peer for content, and a request in flight may take 4 MiB of leaf buffers. */
    private static final int MAX_CONNECTIONS = 4;

    private final LoopbackTransport node;
    private final PeerAddress sender;
    private final BlobLayout layout;
    private final @Nullable LeafFile target;
    private final LeafBuffers buffers = new LeafBuffers();
    private int connections = 1;

    /** Writes to {@code target}, or drops what comes. */
    TransportReceiver(NodeCredentials credentials, PeerAddress sender, BlobLayout layout, @Nullable LeafFile target) {
        this.node = new LoopbackTransport(credentials);
        this.sender = sender;
        this.layout = layout;
        this.target = target;
    }

    @Override
    public void prepare(int newConnections) {
        connections = Math.min(newConnections, MAX_CONNECTIONS);
        if (target != null) {
            target.restart();
        }
    }

    @Override
    public void fetch() throws IOException {
        Transfer transfer = new Transfer();
        int asked = Math.min(Stripe.count(layout), connections * REQUESTS_PER_CONNECTION);
        for (int i = 0; i < asked; i++) {
            transfer.askNext();
        }
        transfer.await();
        if (target != null) {
            target.finish();
        }
    }

    @Override
    public void settle() {}

    @Override
    public void close() throws IOException {
        node.close();
        if (target != null) {
            target.close();
        }
    }

    /** One fetch. Safe for many threads. */
    private final class Transfer implements StripeSink.Listener {
        private final AtomicInteger turn = new AtomicInteger();
        private final AtomicInteger done = new AtomicInteger();
        private final CompletableFuture<Boolean> end = new CompletableFuture<>();

        void askNext() {
            int number = turn.getAndIncrement();
            if (number >= Stripe.count(layout)) {
                return;
            }
            Stripe stripe = Stripe.of(layout, number);
            Request request = Request.get(TransportSender.TARGET)
                    .with("range", "bytes=" + stripe.offset() + "-" + (stripe.offset() + stripe.length() - 1));
            StripeSink sink = target == null
                    ? new StripeSink.Dropping(stripe, this)
                    : new StripeSink.Keeping(stripe, this, new StripeWriter(layout, target, buffers, node.workers()));
            node.transport().client().send(sender, PeerClient.Lane.BULK, request, sink);
        }

        void await() throws IOException {
            try {
                end.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            } catch (ExecutionException e) {
                throw new IOException("a request failed", e.getCause());
            }
        }

        @Override
        public void complete() {
            if (done.incrementAndGet() == Stripe.count(layout)) {
                end.complete(true);
            } else {
                askNext();
            }
        }

        @Override
        public void failed(Exception failure) {
            end.completeExceptionally(failure);
        }
    }
}
