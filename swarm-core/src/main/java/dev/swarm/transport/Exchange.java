package dev.swarm.transport;

import dev.swarm.peer.PeerAddress;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request that came in, to be answered once. Implemented by transports only.
 *
 * <p>The reading methods are for the handler's thread; {@link #respond} may be called from any thread, during
 * {@link RouteHandler#handle} or later. An exchange that is not answered within the transport's time limit is answered with
 * 503 on the handler's behalf.
 */
public interface Exchange {

    /** Who asks. */
    PeerCertificate peer();

    /** From where, as the socket tells. */
    PeerAddress remote();

    /** The method, as {@code GET}. A HEAD request reaches the GET route; its answer's body is left out by the transport. */
    String method();

    /** The value that a {@code {name}} part of the route's pattern has in the path, percent-decoded. */
    String pathParameter(String name);

    /** The query's parameters, percent-decoded; the first of each name. */
    Map<String, String> query();

    /** The fields. */
    Headers headers();

    /** The whole body, within the route's limit; empty if there was none, or if the route streams. */
    ByteBuffer body();

    /**
     * The body as a stream, to be read by one thread. On a streaming route reading blocks until the peer has sent more, and
     * the peer is slowed down by a handler that does not read; a body that is not read for the transport's time limit ends
     * with 503. Reading throws {@link java.io.IOException} if the peer goes away, sends too slowly or more than the route
     * takes: what was read until then is not the whole. An answer that is given before the end was read ends the connection.
     */
    InputStream bodyStream();

    /**
     * Answers with a body in memory.
     *
     * @param status HTTP status, 200 to 599
     * @param headers fields beside {@code Content-Length}, {@code Date} and {@code Connection}, which the transport writes
     * @param body the body; must not change afterwards
     */
    void respond(int status, Headers headers, ByteBuffer body);

    /** Answers with a body that is read as the peer takes it. The transport closes {@code content}. */
    void respond(int status, Headers headers, ContentSource content);

    /**
     * Calls {@code action} once if the peer goes away before it is answered. At most one action is kept. For answers that are
     * held back: with an action set, the end of the peer's stream counts as its going away; without, it may still be waiting.
     */
    void onAbort(@Nullable Runnable action);

    /**
     * Calls {@code action} once, on a worker, if the answer has been held back for {@link TransportLimits#reservedTimeout} on a
     * connection that others wait for, as all but those for reserved routes are taken. At most one action is kept. A handler that
     * holds answers back is to answer then with what it has; the peer may ask again.
     */
    void onHurry(@Nullable Runnable action);
}
