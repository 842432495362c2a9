package dev.swarm.examples.control;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers one user of the machine on a Unix socket in that user's directory. The directory lets nobody else in, and the system says
 * who is at the other end of each connection, where it can. Safe for many threads.
 */
public final class SessionServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SessionServer.class);

    /** One person at a shell, and some scripts. */
    private static final int MAX_CONNECTIONS = 4;

    private final UserPrincipal owner;
    private final Map<String, SessionVerb> verbs;
    private final UnixSockets.Listener listener;

    /**
     * Starts to answer. A socket that an earlier run left behind is replaced.
     *
     * @param socket in a directory that only its owner can enter
     * @throws IOException if the socket cannot be made, or another node answers on it
     */
    public SessionServer(UnixSockets sockets, Path socket, Map<String, SessionVerb> verbs) throws IOException {
        this.owner = Files.getOwner(socket.toAbsolutePath().getParent(), LinkOption.NOFOLLOW_LINKS);
        this.verbs = Map.copyOf(verbs);
        if (ControlClient.isAnswered(socket)) {
            throw new IOException("another node answers on " + socket);
        }
        this.listener = sockets.listen(socket, "session", MAX_CONNECTIONS, this::giveToOwner, this::serve);
    }

    /** The directory is its owner's to change at any moment, so that another user's node changes no modes here. */
    private void giveToOwner(Path socket) throws IOException {
        if (Files.getOwner(socket, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } else {
            Files.setAttribute(socket, "owner:owner", owner, LinkOption.NOFOLLOW_LINKS);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void serve(SocketChannel channel) throws IOException {
        if (!isOwner(channel)) {
            return;
        }
        Map<String, @Nullable Object> request = SessionSocket.readRequest(channel);
        char[] secret = SessionSocket.readSecret(channel, request);
        try {
            SessionContent content = SessionContent.over(channel);
            Object name = request.get("verb");
            SessionVerb verb = verbs.get(String.valueOf(name));
            Map<String, @Nullable Object> answer =
                    VerbAnswer.of(name, verb == null ? null : () -> verb.run(request, secret, content));
            if (Boolean.TRUE.equals(request.get(SessionSocket.CONTENT))) {
                // Whoever still sends would otherwise miss the answer.
                content.input().transferTo(OutputStream.nullOutputStream());
                content.endOutput();
            }
            ControlSocket.writeLine(channel, answer);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    private boolean isOwner(SocketChannel channel) throws IOException {
        if (!channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
            return true;
        }
        UserPrincipal peer =
                channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        if (peer.equals(owner) || peer.getName().equals(owner.getName())) {
            return true;
        }
        log.warn("user {} was turned away from the session socket of {}", peer.getName(), owner.getName());
        return false;
    }
}
