package dev.swarm.examples.control;

import dev.swarm.SwarmException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers requests on a Unix socket that only the node's own user can open. Safe for many threads. */
public final class ControlServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ControlServer.class);

    /** People at a shell, and scripts: more at once are a mistake. */
    private static final int MAX_CONNECTIONS = 16;

    private final Path socket;
    private final Map<String, ControlVerb> verbs;
    private final ServerSocketChannel server;
    private final ExecutorService threads = new ThreadPoolExecutor(
            0, MAX_CONNECTIONS, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), ControlServer::daemon);

    /**
     * Starts to answer. A socket that an earlier run left behind is replaced.
     *
     * @throws IOException if the socket cannot be made, or another node answers on it
     */
    public ControlServer(Path socket, Map<String, ControlVerb> verbs) throws IOException {
        this.socket = socket;
        this.verbs = Map.copyOf(verbs);
        if (ControlClient.isAnswered(socket)) {
            throw new IOException("another node is running on "
                    + socket.toAbsolutePath().getParent() + "; stop it or choose another --data directory");
        }
        Files.deleteIfExists(socket);
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(ControlSocket.address(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            server.close();
            throw e;
        }
        daemon(this::accept).start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
        Files.deleteIfExists(socket);
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "swarm-control");
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
                log.warn("a control connection was not taken: {}", e.toString());
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            Map<String, @Nullable Object> request = ControlSocket.readLine(channel);
            ControlSocket.writeLine(channel, answer(request));
        } catch (IOException | IllegalArgumentException e) {
            log.debug("a control connection broke: {}", e.toString());
        }
    }

    private Map<String, @Nullable Object> answer(Map<String, @Nullable Object> request) {
        ControlVerb verb = verbs.get(String.valueOf(request.get("verb")));
        if (verb == null) {
            return failure("the node does not know the verb " + request.get("verb") + "; is it of another version?", 1);
        }
        try {
            return verb.run(request);
        } catch (SwarmException e) {
            return failure(String.valueOf(e.getMessage()), e.reason() == SwarmException.Reason.NOT_FOUND ? 3 : 1);
        } catch (IllegalArgumentException e) {
            return failure(String.valueOf(e.getMessage()), 2);
        } catch (Exception e) {
            log.debug("verb {} failed", request.get("verb"), e);
            return failure(e instanceof IOException ? String.valueOf(e.getMessage()) : e.toString(), 1);
        }
    }

    static Map<String, @Nullable Object> failure(String why, int exitCode) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("error", why);
        members.put("exit", (long) exitCode);
        return members;
    }
}
