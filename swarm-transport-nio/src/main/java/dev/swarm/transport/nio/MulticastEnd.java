package dev.swarm.transport.nio;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.MulticastConfig;
import dev.swarm.transport.Transport.DatagramListener;
import dev.swarm.transport.Transport.MulticastPort;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A multicast group on one interface, heard on an event loop and spoken to from any thread.
 *
 * <p>A socket that fails, as when the interface goes down, is opened anew until it works or this is closed.
 */
final class MulticastEnd implements MulticastPort, Loop.Ready {

    /** Pause before a failed socket is opened anew: an interface that comes back is found soon, at no cost meanwhile. */
    private static final Duration RETRY = Duration.ofSeconds(5);
    /** Datagrams taken before other channels have their turn. */
    private static final int BATCH = 64;

    private static final Logger log = LoggerFactory.getLogger(MulticastEnd.class);

    private final MulticastConfig config;
    private final DatagramListener listener;
    private final EventLoop loop;
    private final InetSocketAddress group;
    /** One byte over the limit, which tells a longer datagram from one that fits. */
    private final ByteBuffer incoming = ByteBuffer.allocate(MulticastConfig.MAX_DATAGRAM_BYTES + 1);

    private final Deadline reopening = new Deadline(this::reopen);
    private volatile @Nullable DatagramChannel channel;
    private volatile boolean closed;
    private volatile boolean announcing = true;

    private MulticastEnd(MulticastConfig config, DatagramListener listener, EventLoop loop) {
        this.config = config;
        this.listener = listener;
        this.loop = loop;
        this.group = new InetSocketAddress(config.group(), config.port());
    }

    /** Joins the group. */
    static MulticastEnd open(MulticastConfig config, DatagramListener listener, EventLoop loop) {
        MulticastEnd end = new MulticastEnd(config, listener, loop);
        try {
            DatagramChannel joined = end.join();
            end.channel = joined;
            loop.execute(() -> end.listen(joined));
            log.info("multicast announcer started on {} for {}", config.interfaceName(), end.group);
            return end;
        } catch (IOException e) {
            throw new SwarmException(
                    SwarmException.Reason.INVALID_INPUT,
                    "cannot join multicast group " + config.group().getHostAddress() + " port " + config.port()
                            + " on interface " + config.interfaceName() + ": " + e.getMessage(),
                    e);
        }
    }

    @Override
    public void send(ByteBuffer datagram) {
        if (datagram.remaining() > MulticastConfig.MAX_DATAGRAM_BYTES) {
            throw new IllegalArgumentException(
                    "datagram has " + datagram.remaining() + " bytes, limit " + MulticastConfig.MAX_DATAGRAM_BYTES);
        }
        DatagramChannel current = channel;
        if (current == null || closed) {
            return;
        }
        try {
            current.send(datagram.duplicate(), group);
            if (!announcing) {
                announcing = true;
                log.info("multicast announcer started on {} for {}", config.interfaceName(), group);
            }
        } catch (ClosedChannelException e) {
            log.debug("datagram lost: the group is being joined anew");
        } catch (IOException e) {
            if (announcing) {
                announcing = false;
                log.warn("multicast announcer exited: {}; it tries again with each announcement", e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            closeChannel();
            loop.execute(() -> loop.forget(reopening));
            log.info("multicast listener exited: closed");
        }
    }

    @Override
    public void ready() {
        DatagramChannel current = channel;
        if (current == null) {
            return;
        }
        try {
            SocketAddress from = receive(current);
            for (int i = 1; i < BATCH && from != null; i++) {
                from = receive(current);
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    @Override
    public void cut(Throwable cause) {
        closed = true;
        closeChannel();
    }

    private @Nullable SocketAddress receive(DatagramChannel from) throws IOException {
        SocketAddress sender = from.receive(incoming.clear());
        incoming.flip();
        if (sender instanceof InetSocketAddress address
                && address.getPort() != 0
                && incoming.remaining() <= MulticastConfig.MAX_DATAGRAM_BYTES) {
            try {
                listener.onDatagram(PeerAddress.of(address), incoming);
            } catch (RuntimeException e) {
                log.warn("listener to multicast failed", e);
            }
        }
        return sender;
    }

    private void listen(DatagramChannel joined) {
        try {
            loop.register(joined, this).interestOps(SelectionKey.OP_READ);
            log.info("multicast listener started on {} for {}", config.interfaceName(), group);
        } catch (IOException e) {
            fail(e);
        }
    }

    private void fail(IOException cause) {
        if (!closed) {
            log.warn("multicast listener exited: {}; it starts again in {} s", cause.getMessage(), RETRY.toSeconds());
            closeChannel();
            loop.schedule(reopening, loop.now() + RETRY.toNanos());
        }
    }

    private void reopen() {
        if (closed) {
            return;
        }
        try {
            DatagramChannel joined = join();
            channel = joined;
            listen(joined);
        } catch (IOException e) {
            fail(e);
        }
    }

    private DatagramChannel join() throws IOException {
        NetworkInterface through = NetworkInterface.getByName(config.interfaceName());
        if (through == null) {
            throw new IOException("there is no such interface");
        }
        boolean v6 = config.group() instanceof Inet6Address;
        DatagramChannel opened = DatagramChannel.open(v6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
        try {
            opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (opened.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                opened.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            opened.setOption(StandardSocketOptions.IP_MULTICAST_IF, through);
            opened.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            opened.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1);
            opened.bind(new InetSocketAddress(config.port()));
            opened.join(config.group(), through);
            opened.configureBlocking(false);
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void closeChannel() {
        DatagramChannel current = channel;
        channel = null;
        if (current != null) {
            try {
                current.close();
            } catch (IOException e) {
                log.debug("closing the multicast socket failed: {}", e.getMessage());
            }
        }
    }
}
