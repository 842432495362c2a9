package dev.swarm.examples.control;

import dev.swarm.SwarmException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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

    private final Path socket;
    private final UserPrincipal owner;
    private final Map<String, SessionVerb> verbs;
    private final ServerSocketChannel server;
    private final ExecutorService threads = new ThreadPoolExecutor(
            0, MAX_CONNECTIONS, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), SessionServer::daemon);

    /**
     * Starts to answer. A socket that an earlier run left behind is replaced.
     *
     * @param socket in a directory that only its owner can enter
     * @throws IOException if the socket cannot be made, or another node answers on it
     */
    public SessionServer(Path socket, Map<String, SessionVerb> verbs) throws IOException {
        this.socket = socket;
        this.owner = Files.getOwner(socket.toAbsolutePath().getParent(), LinkOption.NOFOLLOW_LINKS);
        this.verbs = Map.copyOf(verbs);
        if (ControlClient.isAnswered(socket)) {
            throw new IOException("another node answers on " + socket);
        }
        Files.deleteIfExists(socket);
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(ControlSocket.address(socket));
            giveToOwner();
        } catch (IOException e) {
            server.close();
            throw e;
        }
        daemon(this::accept).start();
    }

    /** The directory is its owner's to change at any moment, so that another user's node changes no modes here. */
    private void giveToOwner() throws IOException {
        if (Files.getOwner(socket, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } else {
            Files.setAttribute(socket, "owner:owner", owner, LinkOption.NOFOLLOW_LINKS);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
        Files.deleteIfExists(socket);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "swarm-session");
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                threads.execute(() -> serve(channel));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException e) {
                log.warn("a session connection was not taken: {}", e.toString());
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            if (!isOwner(channel)) {
                return;
            }
            Map<String, @Nullable Object> request = SessionSocket.readRequest(channel);
            char[] secret = SessionSocket.readSecret(channel, request);
            try {
                SessionContent content = SessionContent.over(channel);
                Map<String, @Nullable Object> answer = answer(request, secret, content);
                if (Boolean.TRUE.equals(request.get(SessionSocket.CONTENT))) {
                    // Whoever still sends would otherwise miss the answer.
                    content.input().transferTo(OutputStream.nullOutputStream());
                    content.endOutput();
                }
                ControlSocket.writeLine(channel, answer);
            } finally {
                Arrays.fill(secret, '\0');
            }
        } catch (IOException | IllegalArgumentException e) {
            log.debug("a session connection broke: {}", e.toString());
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

    private Map<String, @Nullable Object> answer(
            Map<String, @Nullable Object> request, char[] secret, SessionContent content) {
        SessionVerb verb = verbs.get(String.valueOf(request.get("verb")));
        if (verb == null) {
            return ControlServer.failure(
                    "the node does not know the verb " + request.get("verb") + "; is it of another version?", 1);
        }
        try {
            return verb.run(request, secret, content);
        } catch (SwarmException e) {
            return ControlServer.failure(
                    String.valueOf(e.getMessage()), e.reason() == SwarmException.Reason.NOT_FOUND ? 3 : 1);
        } catch (IllegalArgumentException e) {
            return ControlServer.failure(String.valueOf(e.getMessage()), 2);
        } catch (Exception e) {
            log.debug("verb {} failed", request.get("verb"), e);
            return ControlServer.failure(e instanceof IOException ? String.valueOf(e.getMessage()) : e.toString(), 1);
        }
    }
}
