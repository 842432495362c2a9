package dev.swarm.transport.nio;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerAddress;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts connections and deals them out to the event loops in turn. Confined to one loop after {@link #start}. */
final class Acceptor implements Loop.Ready {

    /** Connections the system holds until they are accepted: a fleet that starts at once fits. */
    private static final int BACKLOG = 512;
    /** Pause after a failure, as when descriptors have run out: it passes, or every try fails at once. */
    private static final Duration PAUSE = Duration.ofMillis(100);
    /** Accepted before other channels have their turn. */
    private static final int BATCH = 16;

    private static final Logger log = LoggerFactory.getLogger(Acceptor.class);

    private final ServerSocketChannel listener;
    private final Service service;
    private final List<EventLoop> loops;
    private final EventLoop loop;
    private final Deadline resume = new Deadline(this::listen);
    private @Nullable SelectionKey key;
    private long accepted;

    private Acceptor(ServerSocketChannel listener, Service service, List<EventLoop> loops) {
        this.listener = listener;
        this.service = service;
        this.loops = loops;
        this.loop = loops.get(0);
    }

    /** Binds the socket, which a restart can do again at once. */
    static ServerSocketChannel bind(InetSocketAddress address) {
        try {
            ServerSocketChannel listener = ServerSocketChannel.open();
            try {
                listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
                listener.bind(address, BACKLOG);
                return listener;
            } catch (IOException e) {
                listener.close();
                throw e;
            }
        } catch (BindException e) {
            throw new SwarmException(
                    SwarmException.Reason.INVALID_INPUT,
                    "cannot listen on " + address + ": " + e.getMessage()
                            + "; stop the program that uses the port, or choose another address or port",
                    e);
        } catch (IOException e) {
            throw new SwarmException(
                    SwarmException.Reason.INVALID_INPUT, "cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    /** Begins to accept. */
    static Acceptor start(ServerSocketChannel listener, Service service, List<EventLoop> loops) {
        Acceptor acceptor = new Acceptor(listener, service, loops);
        acceptor.loop.execute(acceptor::listen);
        return acceptor;
    }

    /** Closes the socket. Safe for any thread. */
    void stop() {
        closeQuietly(listener);
    }

    static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("closing a socket failed: {}", e.getMessage());
        }
    }

    @Override
    public void ready() {
        try {
            for (int i = 0; i < BATCH; i++) {
                SocketChannel socket = listener.accept();
                if (socket == null) {
                    return;
                }
                dealOut(socket);
            }
        } catch (IOException e) {
            if (listener.isOpen()) {
                log.warn("cannot accept connections for {} ms: {}", PAUSE.toMillis(), e.getMessage());
                pause();
            }
        }
    }

    @Override
    public void cut(Throwable cause) {
        stop();
    }

    private void listen() {
        try {
            if (listener.isOpen()) {
                SelectionKey current = key == null ? loop.register(listener, this) : key;
                key = current;
                current.interestOps(SelectionKey.OP_ACCEPT);
            }
        } catch (IOException e) {
            log.warn("cannot accept connections: {}", e.getMessage(), e);
        }
    }

    private void pause() {
        SelectionKey current = key;
        if (current != null && current.isValid()) {
            current.interestOps(0);
            loop.schedule(resume, loop.now() + PAUSE.toNanos());
        }
    }

    private void dealOut(SocketChannel socket) {
        long arrival = accepted++;
        EventLoop next = loops.get((int) (arrival % loops.size()));
        next.execute(() -> begin(next, socket, arrival));
    }

    private void begin(EventLoop on, SocketChannel socket, long arrival) {
        try {
            PeerAddress remote = PeerAddress.of((InetSocketAddress) socket.getRemoteAddress());
            new ServerConnection(service, on, SocketWire.of(on, socket), remote, arrival).start();
        } catch (IOException | RuntimeException e) {
            log.debug("connection ended before it began: {}", e.getMessage());
            closeQuietly(socket);
        }
    }
}
