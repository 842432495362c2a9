package dev.swarm.examples.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A Unix socket that some connections at a time are taken on, each on a thread of its own that ends when idle. Safe for many threads. */
final class UnixListener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(UnixListener.class);

    private final Path socket;
    private final String name;
    private final Handler handler;
    private final ServerSocketChannel server;
    private final ExecutorService threads;

    /** Sees to it that only those can connect who may. */
    @FunctionalInterface
    interface Guard {

        /** Called once the socket is there and before anybody is answered. */
        void protect(Path socket) throws IOException;
    }

    /** Speaks with who connected. */
    @FunctionalInterface
    interface Handler {

        /** Blocks until all is said; the channel is closed afterwards. */
        void serve(SocketChannel channel) throws IOException;
    }

    /**
     * Makes the socket, in place of one that an earlier run left behind. Nobody is answered before {@link #start}.
     *
     * @param name what connections and threads are called in logs
     * @throws IOException if it cannot be made
     */
    UnixListener(Path socket, String name, int maxConnections, Guard guard, Handler handler) throws IOException {
        this.socket = socket;
        this.name = name;
        this.handler = handler;
        this.threads =
                new ThreadPoolExecutor(0, maxConnections, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), this::daemon);
        Files.deleteIfExists(socket);
        this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(ControlSocket.address(socket));
            guard.protect(socket);
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    void start() {
        daemon(this::accept).start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
        Files.deleteIfExists(socket);
    }

    private Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "swarm-" + name);
        thread.setDaemon(true);
        return thread;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                take(server.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                log.warn("a {} connection was not taken: {}", name, e.toString());
            }
        }
    }

    private void take(SocketChannel channel) throws IOException {
        try {
            threads.execute(() -> serve(channel));
        } catch (RejectedExecutionException e) {
            channel.close();
            log.warn("a {} connection was turned away: too many are open", name);
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            handler.serve(channel);
        } catch (IOException | IllegalArgumentException e) {
            log.debug("a {} connection broke: {}", name, e.toString());
        }
    }
}
