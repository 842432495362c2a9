package dev.swarm.transport.nio;

import dev.swarm.transport.Call;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Request;
import dev.swarm.transport.ResponseHead;
import dev.swarm.transport.ResponseSink;
import dev.swarm.transport.TransportException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and the sink of its answer.
 *
 * <p>Belongs to its pool's queue or to one connection at a time; who owns it talks to the sink, from one thread. Where it is
 * is guarded by the pool's lock.
 */
final class ClientCall implements Call {

    /** Connections that may close on a call before it is sent; a peer that closes one after the other is not worth more. */
    private static final int MAX_PASSES = 3;

    private static final Logger log = LoggerFactory.getLogger(ClientCall.class);

    private final Request request;
    private final ResponseSink sink;
    private final LanePool pool;

    private @Nullable ContentSource contentLeft;
    private @Nullable ClientConnection connection;
    private boolean retried;
    private int passes;
    private boolean done;
    /** Seen wherever the call is handed from one owner to the next, where {@link #cancel} finds nobody to tell. */
    private volatile boolean cancelAsked;

    private volatile boolean paused;

    ClientCall(Request request, ResponseSink sink, LanePool pool) {
        this.request = request;
        this.sink = sink;
        this.pool = pool;
        this.contentLeft = request.content();
    }

    @Override
    public void cancel() {
        cancelAsked = true;
        pool.cancel(this);
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        if (paused) {
            paused = false;
            pool.resumed(this);
        }
    }

    /** Whether the sink takes nothing for now. */
    boolean isPaused() {
        return paused && !done;
    }

    /** The content to send, once; it is the caller's to close. Null if there is none. */
    @Nullable
    ContentSource takeContent() {
        ContentSource content = contentLeft;
        contentLeft = null;
        return content;
    }

    Request request() {
        return request;
    }

    /** Where the call is; null while it waits and when it is over. Guarded by the pool's lock. */
    @Nullable
    ClientConnection connection() {
        return connection;
    }

    void moveTo(@Nullable ClientConnection next) {
        connection = next;
    }

    boolean isCancelAsked() {
        return cancelAsked;
    }

    /** Whether it may be sent again without doing anything twice. */
    boolean isRepeatable() {
        return request.method().equals("GET") || request.method().equals("HEAD");
    }

    /** Takes the one second try that a call has; answers whether it was still there. */
    boolean takeRetry() {
        boolean left = !retried;
        retried = true;
        return left;
    }

    /** Counts a change of connection before the call was sent; answers whether another is worth it. */
    boolean takePass() {
        return passes++ < MAX_PASSES;
    }

    boolean isDone() {
        return done;
    }

    /** Tells that something came; answers whether the sink took it. */
    boolean bytes() {
        return guarded(sink::onBytes);
    }

    /** Hands over the head; answers whether the sink took it. */
    boolean head(ResponseHead head, PeerCertificate peer) {
        return guarded(() -> sink.onHead(head, peer));
    }

    /** Hands over part of the body; answers whether the sink took it. */
    boolean body(ByteBuffer data) {
        if (done) {
            return true;
        }
        try {
            sink.onBody(data);
            return true;
        } catch (RuntimeException e) {
            giveUp(e);
            return false;
        }
    }

    void end() {
        if (!done) {
            done = true;
            pool.noteOver();
            tell(sink::onEnd);
        }
    }

    void fail(TransportException failure) {
        if (!done) {
            done = true;
            pool.noteOver();
            ContentSource unsent = takeContent();
            if (unsent != null) {
                unsent.close();
            }
            tell(() -> sink.onFailure(failure));
        }
    }

    private boolean guarded(Runnable action) {
        if (done) {
            return true;
        }
        try {
            action.run();
            return true;
        } catch (RuntimeException e) {
            giveUp(e);
            return false;
        }
    }

    private void giveUp(RuntimeException cause) {
        log.warn("sink of {} failed", request.target(), cause);
        fail(new TransportException(TransportException.Kind.CANCELLED, "sink failed: " + cause.getMessage(), cause));
    }

    private void tell(Runnable last) {
        try {
            last.run();
        } catch (RuntimeException e) {
            log.warn("sink of {} failed", request.target(), e);
        }
    }
}
