package dev.swarm.driver;

import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Answer;
import dev.swarm.transport.Call;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.ResponseSink;
import dev.swarm.transport.TransportException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gathers a small answer in memory. Called by one thread at a time, but for {@link #send}. */
final class CollectingSink implements ResponseSink {

    private final int maxBytes;
    private final Consumer<Answer> onAnswer;
    private final Consumer<TransportException> onFailure;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private @Nullable ResponseHead head;
    private @Nullable PeerCertificate peer;
    private volatile boolean tooLong;
    private volatile @Nullable Call call;
    private @Nullable LifeSigns signs;

    CollectingSink(int maxBytes, Consumer<Answer> onAnswer, Consumer<TransportException> onFailure) {
        this.maxBytes = maxBytes;
        this.onAnswer = onAnswer;
        this.onFailure = onFailure;
    }

    /** What a peer answers, or why it does not. */
    static CompletableFuture<Answer> ask(PeerClient client, PeerAddress peer, Request request, int maxBytes) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        new CollectingSink(maxBytes, answer::complete, answer::completeExceptionally)
                .send(client, peer, Lane.CONTROL, request);
        return answer;
    }

    /** Has somebody told, before the request is sent, that its answer is on its way. */
    CollectingSink tellOfBytes(LifeSigns to) {
        signs = to;
        return this;
    }

    /** Sends the one request that this gathers the answer to; a call that ends as soon as that is found to be too long. */
    Call send(PeerClient client, PeerAddress peer, Lane lane, Request request) {
        Call sent = client.send(peer, lane, request, this);
        call = sent;
        if (tooLong) {
            sent.cancel();
        }
        return sent;
    }

    @Override
    public void onBytes() {
        if (signs != null) {
            signs.arrived();
        }
    }

    @Override
    public void onHead(ResponseHead newHead, PeerCertificate from) {
        head = newHead;
        peer = from;
    }

    @Override
    public void onBody(ByteBuffer data) {
        if (body.size() + data.remaining() > maxBytes) {
            tooLong = true;
            data.position(data.limit());
            Call known = call;
            if (known != null) {
                known.cancel();
            }
            return;
        }
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        body.write(bytes, 0, bytes.length);
    }

    @Override
    public void onEnd() {
        ResponseHead gotHead = head;
        PeerCertificate gotPeer = peer;
        if (tooLong || gotHead == null || gotPeer == null) {
            onFailure.accept(lengthExceeded());
        } else {
            onAnswer.accept(
                    new Answer(gotHead.status(), gotHead.headers(), gotPeer, ByteBuffer.wrap(body.toByteArray())));
        }
    }

    @Override
    public void onFailure(TransportException failure) {
        onFailure.accept(tooLong ? lengthExceeded() : failure);
    }

    private TransportException lengthExceeded() {
        return new TransportException(
                TransportException.Kind.PROTOCOL, "answer is longer than " + maxBytes + " bytes", null);
    }
}
