package dev.swarm.examples.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix sockets of a node. One thread takes the connections of all of them; each connection is served on a thread of its own,
 * which ends when idle. Safe for many threads.
 */
public final class UnixSockets implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(UnixSockets.class);

    /** How long nobody is taken after one could not be, most likely for want of descriptors: who waits is there at once again. */
    private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Selector selector;
    private final Look look;

    /** What the thread does beside. */
    @FunctionalInterface
    public interface Look {

        /** Waits for connections and does nothing else. */
        Look NONE = sockets -> 0;

        /**
         * Does what is due, and must not block for long; called on the thread, first at once and then as often as there are connections.
         *
         * @return the milliseconds after which it is called though there are none, 0 for never
         */
        long look(UnixSockets sockets);
    }

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

    private UnixSockets(Selector selector, Look look) {
        this.selector = selector;
        this.look = look;
    }

    /**
     * Starts the thread, with no sockets yet.
     *
     * @throws IOException if the system gives no selector
     */
    public static UnixSockets open(Look look) throws IOException {
        UnixSockets sockets = new UnixSockets(Selector.open(), look);
        daemon(sockets::run, "swarm-control").start();
        return sockets;
    }

    /**
     * Makes a socket, in place of one that an earlier run left behind, and answers on it.
     *
     * @param name what connections and threads are called in logs
     * @throws IOException if it cannot be made
     */
    Listener listen(Path socket, String name, int maxConnections, Guard guard, Handler handler) throws IOException {
        Files.deleteIfExists(socket);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(ControlSocket.address(socket));
            guard.protect(socket);
            server.configureBlocking(false);
            Listener listener = new Listener(socket, name, maxConnections, server, handler);
            server.register(selector, SelectionKey.OP_ACCEPT, listener);
            selector.wakeup();
            return listener;
        } catch (IOException | ClosedSelectorException e) {
            server.close();
            throw e instanceof IOException failure ? failure : new IOException("the node is closing", e);
        }
    }

    /** Ends the thread; who still listens is closed. */
    @Override
    public void close() throws IOException {
        try {
            for (SelectionKey key : selector.keys().toArray(SelectionKey[]::new)) {
                listener(key).close();
            }
        } catch (ClosedSelectorException e) {
            return;
        }
        selector.close();
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                long pause = look.look(this);
                selector.select(key -> listener(key).accept(), pause);
            }
        } catch (ClosedSelectorException e) {
            log.debug("no more Unix sockets");
        } catch (IOException e) {
            throw new UncheckedIOException("the node's Unix sockets cannot be watched", e);
        }
    }

    private static Listener listener(SelectionKey key) {
        return (Listener) Objects.requireNonNull(key.attachment());
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** One socket. */
    final class Listener implements AutoCloseable {

        private final Path socket;
        private final String name;
        private final ServerSocketChannel server;
        private final Handler handler;
        private final ExecutorService threads;

        private Listener(Path socket, String name, int maxConnections, ServerSocketChannel server, Handler handler) {
            this.socket = socket;
            this.name = name;
            this.server = server;
            this.handler = handler;
            this.threads = new ThreadPoolExecutor(
                    0,
                    maxConnections,
                    1,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    task -> daemon(task, "swarm-" + name));
        }

        @Override
        public void close() throws IOException {
            server.close();
            // A channel is let go of by the next look of the selector that it was registered with.
            selector.wakeup();
            threads.shutdownNow();
            Files.deleteIfExists(socket);
        }

        private void accept() {
            try {
                SocketChannel channel = server.accept();
                if (channel != null) {
                    take(channel);
                }
            } catch (IOException e) {
                if (server.isOpen()) {
                    log.warn("a {} connection was not taken: {}", name, e.toString());
                    LockSupport.parkNanos(REST_NANOS);
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
}
