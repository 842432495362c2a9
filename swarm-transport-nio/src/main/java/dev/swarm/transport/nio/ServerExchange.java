package dev.swarm.transport.nio;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Route;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on a server connection, in its place in the order of answers.
 *
 * <p>The answer may come from any thread; progress and body are confined to the connection's event loop.
 */
final class ServerExchange implements Exchange {

    /** How far the request has come on its way to a handler. */
    enum Progress {
        RECEIVING,
        RECEIVED,
        HANDED_OVER
    }

    private static final Logger log = LoggerFactory.getLogger(ServerExchange.class);
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0).asReadOnlyBuffer();
    /** Allocated on the word of a peer; what exceeds it has to arrive first. */
    private static final int FIRST_BODY_BYTES = 64 * 1024;

    private final Object lock = new Object();
    private final ServerConnection connection;
    private final RequestHead head;
    private final @Nullable Route route;
    private final Map<String, String> parameters;

    private long since;
    private Progress progress = Progress.RECEIVING;
    private @Nullable ByteBuffer body;
    private @Nullable ContentPump pump;
    private boolean continueSent;

    private @Nullable Answer answer;
    private boolean abandoned;
    private @Nullable Runnable abortAction;

    /** A request for {@code route}, or one that has no route and is answered by the connection itself. */
    ServerExchange(
            ServerConnection connection,
            RequestHead head,
            @Nullable Route route,
            Map<String, String> parameters,
            long since) {
        this.connection = connection;
        this.head = head;
        this.route = route;
        this.parameters = Map.copyOf(parameters);
        this.since = since;
    }

    @Override
    public PeerCertificate peer() {
        return connection.peer();
    }

    @Override
    public PeerAddress remote() {
        return connection.remote();
    }

    @Override
    public String method() {
        return head.method();
    }

    @Override
    public String pathParameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("route has no path parameter " + name);
        }
        return value;
    }

    @Override
    public Map<String, String> query() {
        return head.target().query();
    }

    @Override
    public Headers headers() {
        return head.headers();
    }

    @Override
    public ByteBuffer body() {
        ByteBuffer whole = body;
        return whole == null ? EMPTY.duplicate() : whole.asReadOnlyBuffer();
    }

    @Override
    public void respond(int status, Headers headers, ByteBuffer content) {
        offer(Answer.of(status, headers, content));
    }

    @Override
    public void respond(int status, Headers headers, ContentSource content) {
        Objects.requireNonNull(content, "content");
        boolean taken = false;
        try {
            taken = offer(Answer.of(status, headers, content));
        } finally {
            if (!taken) {
                content.close();
            }
        }
    }

    @Override
    public void onAbort(@Nullable Runnable action) {
        boolean late;
        synchronized (lock) {
            late = abandoned && answer == null;
            abortAction = action;
        }
        if (late && action != null) {
            action.run();
        }
    }

    /** Answers unless there is an answer or nobody left to take it. */
    boolean offer(Answer offered) {
        synchronized (lock) {
            if (answer != null || abandoned) {
                return false;
            }
            answer = offered;
            abortAction = null;
        }
        connection.answered();
        return true;
    }

    /** The answer, if there is one by now. */
    @Nullable
    Answer answer() {
        synchronized (lock) {
            return answer;
        }
    }

    RequestHead head() {
        return head;
    }

    @Nullable
    Route route() {
        return route;
    }

    /** When the request was complete, or its head as long as it is not. */
    long since() {
        return since;
    }

    Progress progress() {
        return progress;
    }

    /** Whether the client waits to be told that it may send the body; true once. */
    boolean takeContinue() {
        boolean due = head.expectsContinue() && !continueSent && progress == Progress.RECEIVING && answer() == null;
        continueSent |= due;
        return due;
    }

    /** Adds to the body. */
    void append(ByteBuffer data, int count) throws HttpFault {
        Route known = route;
        int limit = known == null ? 0 : known.maxBodyBytes();
        ByteBuffer room = body;
        int taken = room == null ? 0 : room.position();
        if (taken + (long) count > limit) {
            throw new HttpFault(413, "request body is longer than " + limit + " bytes");
        }
        if (room == null) {
            room = ByteBuffer.allocate((int) Math.min(Math.max(head.bodyLength(), count), FIRST_BODY_BYTES));
        }
        if (room.remaining() < count) {
            long wanted = Math.max(room.capacity() * 2L, taken + (long) count);
            room = ByteBuffer.allocate((int) Math.min(wanted, limit)).put(room.flip());
        }
        body = room.put(room.position(), data, data.position(), count).position(taken + count);
        data.position(data.position() + count);
    }

    /** Says that the request is complete. */
    void received(long now) {
        since = now;
        progress = Progress.RECEIVED;
        ByteBuffer whole = body;
        if (whole != null) {
            body = whole.flip();
        }
    }

    /** Runs the handler. Called on a worker thread. */
    void handOver(Route known) {
        try {
            known.handler().handle(this);
        } catch (RuntimeException e) {
            if (!(e instanceof SwarmException)) {
                log.warn("handler of {} {} failed", known.method(), known.pattern(), e);
            }
            offer(Answer.failure(e));
        }
    }

    void markHandedOver() {
        progress = Progress.HANDED_OVER;
    }

    /** The pump of an answer that is read as it is sent. */
    @Nullable
    ContentPump pump() {
        return pump;
    }

    void pumpWith(ContentPump reader) {
        pump = reader;
    }

    /** Lets go of everything; answers the action that the handler wants called, if it has not answered. */
    @Nullable
    Runnable abandon() {
        Answer given;
        Runnable action;
        synchronized (lock) {
            abandoned = true;
            given = answer;
            action = abortAction;
            abortAction = null;
        }
        ContentPump reader = pump;
        ContentSource unused = given == null ? null : given.content();
        if (reader != null) {
            reader.abandon();
        } else if (unused != null) {
            unused.close();
        }
        return action;
    }
}
