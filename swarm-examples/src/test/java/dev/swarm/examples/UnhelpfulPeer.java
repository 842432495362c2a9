package dev.swarm.examples;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.node.Watch;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.ByteRange;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Route;
import dev.swarm.transport.TestNode;
import dev.swarm.transport.TransportProvider;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A member that says it has all of a blob, and answers requests for its content with a status of the test's choice, or with lies. */
final class UnhelpfulPeer implements AutoCloseable {

    private static final int SERVES = 206;

    /** No status: what is sent goes by {@link #SERVES}. */
    private static final int LIES = 0;

    private final byte[] content;
    private final BlobId id;
    private final BlobCache.Seeded blob;
    private final TestNode node;
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger lies = new AtomicInteger();
    private volatile int status;

    UnhelpfulPeer(NodeCredentials credentials, byte[] content, int status) {
        this(credentials, Seeds.idOf(content), content, status);
    }

    /** A member that passes off content as a blob, with the leaf hashes of that content. */
    UnhelpfulPeer(NodeCredentials credentials, BlobId id, byte[] content, int status) {
        this.content = content;
        this.id = id;
        this.status = status;
        BlobHasher hasher = new BlobHasher();
        hasher.update(ByteBuffer.wrap(content));
        this.blob = hasher.finish();
        TransportProvider provider = TransportProvider.installed();
        this.node = new TestNode(provider, credentials)
                .serve(Route.post("/watch", Watch.MAX_QUESTION_BYTES, this::watch))
                .serve(Route.get("/blobs/{id}/tree", this::tree))
                .serve(Route.get("/blobs/{id}", this::content));
    }

    PeerAddress address() {
        return node.address();
    }

    /** How often content was asked for in vain. */
    int refused() {
        return refused.get();
    }

    /** How many leaves it gave out that were not what they should have been. */
    int lies() {
        return lies.get();
    }

    /** Gives out garbage of the right length from here on. */
    void lieFromNowOn() {
        status = LIES;
    }

    /** Gives out what it is asked for from here on. */
    void serveFromNowOn() {
        status = SERVES;
    }

    private void watch(Exchange exchange) {
        Watch.Question question = Watch.Question.decode(exchange.body(), false);
        List<Watch.Share> shares = new ArrayList<>();
        for (Watch.Want want : question.wants()) {
            if (want.blob().equals(id) && want.knownVersion() == 0) {
                shares.add(Watch.Share.of(id, LeafSet.all(blob.layout().leafCount())));
            }
        }
        if (question.hold() && shares.isEmpty()) {
            exchange.onAbort(() -> {});
            return;
        }
        Watch.Reply reply = new Watch.Reply(
                new Fingerprint(0, 0), 0, 0, System.currentTimeMillis(), SyncFrame.FINISHED, shares, List.of());
        exchange.respond(200, Headers.empty(), reply.encode());
    }

    private void tree(Exchange exchange) {
        exchange.respond(200, Headers.empty(), blob.tree().encode());
    }

    private void content(Exchange exchange) {
        int now = status;
        if (now != SERVES && now != LIES) {
            refused.incrementAndGet();
            exchange.respond(now, Headers.empty(), ByteBuffer.allocate(0));
            return;
        }
        ByteRange range = ByteRange.select(exchange.headers().first("range"), content.length)
                .range();
        long last = range.offset() + range.length() - 1;
        Headers headers = Headers.of("content-range", "bytes " + range.offset() + "-" + last + "/" + content.length);
        ByteBuffer bytes = ByteBuffer.wrap(content, (int) range.offset(), (int) range.length())
                .slice();
        if (now == LIES) {
            lies.addAndGet((int) ((range.length() + BlobLayout.LEAF_BYTES - 1) / BlobLayout.LEAF_BYTES));
            bytes = ByteBuffer.allocate((int) range.length());
        }
        exchange.respond(SERVES, headers, bytes);
    }

    @Override
    public void close() {
        node.close();
    }
}
