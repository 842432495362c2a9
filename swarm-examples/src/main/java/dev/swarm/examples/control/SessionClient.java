package dev.swarm.examples.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a running node to do something for the user who asks. */
public final class SessionClient {

    private SessionClient() {}

    /**
     * Sends a request and waits for the answer, however long it takes.
     *
     * @param request its members; {@code verb} names what is asked
     * @param secret sent beside them; stays the caller's to wipe
     * @return the answer's members; {@code error} and {@code exit} among them if it failed
     * @throws NodeForbiddenException if the socket is another user's
     * @throws NoNodeException if no node answers
     * @throws IOException if the connection breaks
     */
    public static Map<String, @Nullable Object> call(Path socket, Map<String, @Nullable Object> request, char[] secret)
            throws IOException {
        try (SocketChannel channel = open(socket)) {
            SessionSocket.write(channel, request, secret);
            return ControlSocket.readLine(channel);
        }
    }

    /**
     * Sends a request with content, and takes content before the answer.
     *
     * @param source read to its end; stays the caller's
     * @param target what the node sends, of which nothing is to be trusted unless the answer is without {@code error}; stays the
     *     caller's
     * @return as {@link #call}
     * @throws NoNodeException if no node answers
     * @throws IOException if the connection breaks, or one of the streams
     */
    public static Map<String, @Nullable Object> exchange(
            Path socket, Map<String, @Nullable Object> request, InputStream source, OutputStream target)
            throws IOException {
        try (SocketChannel channel = open(socket)) {
            Map<String, @Nullable Object> full = new LinkedHashMap<>(request);
            full.put(SessionSocket.CONTENT, true);
            SessionSocket.write(channel, full, new char[0]);
            SessionContent content = SessionContent.over(channel);
            source.transferTo(content.output());
            content.endOutput();
            content.input().transferTo(target);
            return ControlSocket.readLine(channel);
        }
    }

    private static SocketChannel open(Path socket) throws IOException {
        try {
            return ControlSocket.connect(socket);
        } catch (IOException e) {
            if (ControlSocket.isForbidden(socket)) {
                throw new NodeForbiddenException("cannot ask a node over " + socket
                        + ": it is not accessible to this user; run it as whose home that is, or have the node act for"
                        + " this user with --user NAME=HOME");
            }
            throw new NoNodeException("no node answers on " + socket
                    + "; start one with 'swarm node', name its directory with --data, or have it act for this user with"
                    + " --user NAME=HOME");
        }
    }
}
