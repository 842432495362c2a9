package dev.swarm.examples.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks a running node to do something. */
public final class ControlClient {

    private ControlClient() {}

    /** Whether a node answers on this socket. */
    public static boolean isAnswered(Path socket) {
        try (SocketChannel channel = ControlSocket.connect(socket)) {
            return channel.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Sends a request and waits for the answer, however long it takes.
     *
     * @param request its members; {@code verb} names what is asked
     * @return the answer's members; {@code error} and {@code exit} among them if it failed
     * @throws NodeForbiddenException if this user may not ask
     * @throws NoNodeException if no node answers
     * @throws IOException if the connection breaks
     */
    public static Map<String, @Nullable Object> call(Path socket, Map<String, @Nullable Object> request)
            throws IOException {
        try (SocketChannel channel = open(socket)) {
            ControlSocket.writeLine(channel, request);
            return ControlSocket.readLine(channel);
        }
    }

    private static SocketChannel open(Path socket) throws IOException {
        try {
            return ControlSocket.connect(socket);
        } catch (IOException e) {
            Path data = socket.toAbsolutePath().getParent();
            if (ControlSocket.isForbidden(socket)) {
                throw new NodeForbiddenException("cannot ask a node on " + data + ": " + socket.getFileName()
                        + " is not accessible to this user; " + NodeForbiddenException.REMEDY);
            }
            throw new NoNodeException(
                    "no node is running on " + data + "; start one with 'swarm node --data " + data + " ...'");
        }
    }
}
