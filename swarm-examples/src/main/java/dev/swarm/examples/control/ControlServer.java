package dev.swarm.examples.control;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers requests on a Unix socket that only the node's own user can open. Safe for many threads. */
public final class ControlServer implements AutoCloseable {

    /** People at a shell, and scripts: more at once are a mistake. */
    private static final int MAX_CONNECTIONS = 16;

    private final Map<String, ControlVerb> verbs;
    private final UnixSockets.Listener listener;

    /**
     * Starts to answer. A socket that an earlier run left behind is replaced.
     *
     * @throws IOException if the socket cannot be made, or another node answers on it
     */
    public ControlServer(UnixSockets sockets, Path socket, Map<String, ControlVerb> verbs) throws IOException {
        this.verbs = Map.copyOf(verbs);
        if (ControlClient.isAnswered(socket)) {
            throw new IOException("another node is running on "
                    + socket.toAbsolutePath().getParent() + "; stop it or choose another --data directory");
        }
        this.listener = sockets.listen(
                socket,
                "control",
                MAX_CONNECTIONS,
                made -> Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------")),
                this::serve);
    }

    /**
     * Looks whether there can be a socket of this path, before anything starts that is to listen there.
     *
     * @throws IOException if the system takes no path of this length
     */
    public static void requireUsable(Path socket) throws IOException {
        UnixDomainSocketAddress unused = ControlSocket.address(socket);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void serve(SocketChannel channel) throws IOException {
        Map<String, @Nullable Object> request = ControlSocket.readLine(channel);
        Object name = request.get("verb");
        ControlVerb verb = verbs.get(String.valueOf(name));
        ControlSocket.writeLine(
                channel, VerbAnswer.of(name, verb == null ? null : () -> verb.run(request, () -> isGone(channel))));
    }

    private static boolean isGone(SocketChannel channel) {
        try {
            channel.configureBlocking(false);
            try {
                return channel.read(ByteBuffer.allocate(1)) < 0;
            } finally {
                channel.configureBlocking(true);
            }
        } catch (IOException e) {
            return true;
        }
    }
}
