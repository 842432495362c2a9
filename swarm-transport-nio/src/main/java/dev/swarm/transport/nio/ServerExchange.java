package dev.swarm.transport.nio;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.ContentSource;
import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Route;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on a server connection, in its place in the order of answers.
 *
 * <p>The answer may come from any thread; the rest is confined to the connection's loop.
 */
final class ServerExchange implements Exchange {

    private static final Logger log = LoggerFactory.getLogger(ServerExchange.class);

    private final Object lock = new Object();
    private final ServerConnection connection;
    private final RequestHead head;
    private final @Nullable Route route;
    private final Map<String, String> parameters;

    private final RequestBody body;

    private long since;
    private boolean received;
    private boolean handedOver;
    private @Nullable ContentPump pump;
    private boolean continueSent;

    private @Nullable Answer answer;
    private boolean abandoned;
    private @Nullable Runnable abortAction;
    private @Nullable Runnable hurryAction;

    /** A request for {@code route}, or one that has no route and is answered by the connection itself. */
    ServerExchange(
            ServerConnection connection,
            RequestHead head,
            @Nullable Route route,
            Map<String, String> parameters,
            RequestBody body,
            long since) {
        this.connection = connection;
        this.head = head;
        this.route = route;
        this.parameters = Map.copyOf(parameters);
        this.body = body;
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
        return body.bytes();
    }

    @Override
    public InputStream bodyStream() {
        return body.stream();
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
        } else if (action != null) {
            connection.abortWanted();
        }
    }

    @Override
    public void onHurry(@Nullable Runnable action) {
        synchronized (lock) {
            hurryAction = answer == null && !abandoned ? action : null;
        }
        connection.hurryWanted();
    }

    /** Whether the handler holds the answer back and can be hurried. */
    boolean canBeHurried() {
        synchronized (lock) {
            return hurryAction != null;
        }
    }

    /** What hurries the handler; once. */
    @Nullable
    Runnable takeHurry() {
        synchronized (lock) {
            Runnable action = hurryAction;
            hurryAction = null;
            return action;
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
            hurryAction = null;
        }
        connection.answered();
        return true;
    }

    /** Whether the handler wants to know when the peer goes away, instead of answering into the void. */
    boolean wantsAbort() {
        synchronized (lock) {
            return answer == null && abortAction != null;
        }
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

    /** When the last of the request came, or it went to its handler if that was later: it may wait for those before it. */
    long since() {
        return since;
    }

    /** Whether all of the request is here. */
    boolean isReceived() {
        return received;
    }

    /** Whether the request waits for its handler and may go to it. */
    boolean isReady() {
        Route known = route;
        boolean streams = known != null && known.body() == Route.Body.STREAMED;
        return known != null && !handedOver && (received || streams) && answer() == null;
    }

    boolean isHandedOver() {
        return handedOver;
    }

    /** Whether the client waits for an answer that this node owes: all is sent, or the handler does not read on. */
    boolean isOwed() {
        return (received || body.isFull()) && answer() == null;
    }

    /** Whether nothing more of the body should come for now. */
    boolean isFull() {
        return body.isFull();
    }

    /** Whether the client waits to be told that it may send the body; true once. */
    boolean takeContinue() {
        boolean due = head.expectsContinue() && !continueSent && !received && body.isAwaited() && answer() == null;
        continueSent |= due;
        return due;
    }

    /** Adds to the body. */
    void append(ByteBuffer data, int count, long now) throws HttpFault {
        since = now;
        body.append(data, count);
    }

    /** Says that the request is complete. */
    void received(long now) {
        since = now;
        received = true;
        body.end();
    }

    /** Says that the rest of the request is not going to be read. */
    void cutShort(long now, String why) {
        since = now;
        received = true;
        body.fail(new IOException(why));
    }

    /** Runs the handler. Called on a worker thread. */
    void handOver(Route known) {
        try {
            known.handler().handle(this);
        } catch (SwarmException e) {
            offer(Answer.failure(e));
        } catch (RuntimeException | Error e) {
            log.warn("handler of {} {} failed", known.method(), known.pattern(), e);
            offer(Answer.failure(e));
        }
    }

    /** Says that the request goes to its handler. */
    void markHandedOver(long now) {
        since = now;
        handedOver = true;
    }

    /** The pump of an answer that is read as it is sent. */
    @Nullable
    ContentPump pump() {
        return pump;
    }

    void pumpWith(ContentPump reader) {
        pump = reader;
    }

    /** Lets go of the request once it is answered. */
    void release() {
        body.release();
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
            hurryAction = null;
        }
        body.release();
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
