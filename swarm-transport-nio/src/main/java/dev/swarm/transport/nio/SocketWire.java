package dev.swarm.transport.nio;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TCP connection. Confined to its event loop. */
final class SocketWire implements Wire {

    private static final Logger log = LoggerFactory.getLogger(SocketWire.class);

    private final EventLoop loop;
    private final SocketChannel socket;
    private @Nullable SelectionKey key;

    private SocketWire(EventLoop loop, SocketChannel socket) {
        this.loop = loop;
        this.socket = socket;
    }

    /** Takes a socket over; closes it if that fails. */
    static SocketWire of(EventLoop loop, SocketChannel socket) throws IOException {
        try {
            socket.configureBlocking(false);
            // Heads and small bodies go out as they are written; what is large is gathered before it gets here.
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return new SocketWire(loop, socket);
        } catch (IOException | RuntimeException e) {
            Acceptor.closeQuietly(socket);
            throw e;
        }
    }

    /**
     * Begins to connect, from the address that the node listens on where that can reach the peer: on a machine with several, others know the
     * node by that one, and firewalls let it in by it.
     *
     * @param listen where the node listens; may stand for all addresses
     */
    static SocketWire connect(EventLoop loop, InetSocketAddress peer, InetAddress listen) throws IOException {
        SocketChannel socket = SocketChannel.open();
        SocketWire wire = of(loop, socket);
        try {
            if (canReach(listen, peer.getAddress())) {
                bind(socket, listen);
            }
            socket.connect(peer);
            return wire;
        } catch (IOException | RuntimeException e) {
            Acceptor.closeQuietly(socket);
            throw e;
        }
    }

    private static boolean canReach(InetAddress from, InetAddress to) {
        return !from.isAnyLocalAddress()
                && from.getClass() == to.getClass()
                && from.isLoopbackAddress() == to.isLoopbackAddress();
    }

    /** An address that the machine has lost keeps nobody from connecting. */
    private static void bind(SocketChannel socket, InetAddress from) {
        try {
            socket.bind(new InetSocketAddress(from, 0));
        } catch (IOException e) {
            log.debug("cannot connect from {}: {}", from, e.getMessage());
        }
    }

    @Override
    public void attach(Loop.Ready owner) throws IOException {
        key = loop.register(socket, owner);
    }

    @Override
    public boolean isConnected() {
        return socket.isConnected();
    }

    @Override
    public boolean finishConnect() throws IOException {
        return socket.finishConnect();
    }

    @Override
    public boolean isReadable() {
        SelectionKey current = key;
        return current != null && current.isValid() && current.isReadable();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return socket.read(target);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return socket.write(source);
    }

    @Override
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void want(int operations) {
        SelectionKey current = key;
        if (current != null && current.isValid() && current.interestOps() != operations) {
            current.interestOps(operations);
        }
    }

    @Override
    public void dropUnsent() {
        try {
            socket.setOption(StandardSocketOptions.SO_LINGER, 0);
        } catch (IOException e) {
            log.debug("connection cannot be reset, and is closed instead: {}", e.getMessage());
        }
    }

    @Override
    public void close() {
        if (key != null) {
            key.cancel();
        }
        Acceptor.closeQuietly(socket);
    }
}
