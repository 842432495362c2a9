package dev.swarm.transport.nio;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.MulticastConfig;
import dev.swarm.transport.Transport.DatagramListener;
import dev.swarm.transport.Transport.MulticastPort;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
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
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A multicast group on one interface, heard on an event loop and spoken to from any thread.
 *
 * <p>Sockets that fail are opened anew until they work or this is closed. One socket hears, bound to the group so that it takes
 * nothing else; another speaks, bound to the source address so that datagrams come from the address that they name.
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
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile @Nullable Sockets sockets;
    private volatile boolean announcing;
    private volatile @Nullable String sendingProblem;
    private volatile @Nullable String hearingProblem;

    /** The two sockets of a group that is joined. */
    private record Sockets(DatagramChannel hearing, DatagramChannel speaking) {

        void close() {
            for (DatagramChannel channel : new DatagramChannel[] {hearing, speaking}) {
                try {
                    channel.close();
                } catch (IOException e) {
                    log.debug("closing a multicast socket failed: {}", e.getMessage());
                }
            }
        }
    }

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
            Sockets joined = end.join();
            end.sockets = joined;
            end.announcerStarted();
            loop.execute(() -> end.listen(joined));
            return end;
        } catch (IOException e) {
            throw new SwarmException(
                    SwarmException.Reason.NETWORK,
                    "cannot join multicast group " + config.group().getHostAddress() + " port " + config.port()
                            + " on interface " + config.interfaceName() + ": " + e.getMessage(),
                    e);
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    @Override
    public void send(ByteBuffer datagram) {
        if (datagram.remaining() > MulticastConfig.MAX_DATAGRAM_BYTES) {
            throw new IllegalArgumentException(
                    "datagram has " + datagram.remaining() + " bytes, limit " + MulticastConfig.MAX_DATAGRAM_BYTES);
        }
        Sockets current = sockets;
        if (current == null) {
            return;
        }
        try {
            current.speaking().send(datagram.duplicate(), group);
            if (!announcing) {
                announcerStarted();
            }
        } catch (ClosedChannelException e) {
            log.debug("datagram lost: the group is being left or joined anew");
        } catch (IOException e) {
            if (announcing) {
                announcing = false;
                sendingProblem = "sending fails: " + e.getMessage();
                log.warn(
                        "multicast announcer exited: sending on {} failed: {}; it tries again with each announcement",
                        config.interfaceName(),
                        e.getMessage());
            }
        }
    }

    @Override
    public @Nullable String problem() {
        String hearing = hearingProblem;
        return hearing != null ? hearing : sendingProblem;
    }

    @Override
    public void close() {
        close("closed");
    }

    @Override
    public void close(String reason) {
        if (closed.compareAndSet(false, true)) {
            closeSockets();
            loop.execute(() -> loop.forget(reopening));
            log.info("multicast announcer exited: {}", reason);
            log.info("multicast listener exited: {}", reason);
        }
    }

    @Override
    public void ready() {
        Sockets current = sockets;
        if (current == null) {
            return;
        }
        try {
            SocketAddress from = receive(current.hearing());
            for (int i = 1; i < BATCH && from != null; i++) {
                from = receive(current.hearing());
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    @Override
    public void cut(Throwable cause) {
        if (cause instanceof RuntimeException) {
            fail(new IOException(cause));
        } else {
            close(String.valueOf(cause.getMessage()));
        }
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

    private void listen(Sockets joined) {
        if (closed.get()) {
            return;
        }
        try {
            loop.register(joined.hearing(), this).interestOps(SelectionKey.OP_READ);
            hearingProblem = null;
            log.info("multicast listener started on {} for {}", config.interfaceName(), text(group));
        } catch (IOException e) {
            fail(e);
        }
    }

    private void announcerStarted() {
        announcing = true;
        sendingProblem = null;
        InetAddress source = config.source();
        log.info(
                "multicast announcer started on {} for {} from {}",
                config.interfaceName(),
                text(group),
                source == null ? "its address" : source.getHostAddress());
    }

    private void fail(IOException cause) {
        if (!closed.get()) {
            hearingProblem = "listening failed: " + cause.getMessage();
            log.warn(
                    "multicast listener exited: {} on {}; it starts again in {} s",
                    cause.getMessage(),
                    config.interfaceName(),
                    RETRY.toSeconds());
            closeSockets();
            loop.schedule(reopening, loop.now() + RETRY.toNanos());
        }
    }

    private void reopen() {
        if (closed.get()) {
            return;
        }
        try {
            Sockets joined = join();
            sockets = joined;
            if (closed.get()) {
                closeSockets();
            }
            listen(joined);
        } catch (IOException e) {
            fail(e);
        }
    }

    private Sockets join() throws IOException {
        NetworkInterface through = NetworkInterface.getByName(config.interfaceName());
        if (through == null) {
            throw new IOException("there is no such interface");
        }
        DatagramChannel hearing = openChannel(through);
        try {
            bindToGroup(hearing);
            hearing.join(config.group(), through);
            return new Sockets(hearing, openSpeaking(through));
        } catch (IOException | RuntimeException e) {
            hearing.close();
            throw e;
        }
    }

    private DatagramChannel openSpeaking(NetworkInterface through) throws IOException {
        DatagramChannel speaking = openChannel(through);
        try {
            InetAddress source = config.source();
            if (source != null) {
                speaking.bind(new InetSocketAddress(source, 0));
            }
            return speaking;
        } catch (IOException | RuntimeException e) {
            speaking.close();
            throw e;
        }
    }

    private DatagramChannel openChannel(NetworkInterface through) throws IOException {
        boolean v6 = config.group() instanceof Inet6Address;
        DatagramChannel opened = DatagramChannel.open(v6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
        try {
            opened.configureBlocking(false);
            // Not SO_REUSEPORT: Linux gives a datagram to one of the sockets that have it, whichever interface they
            // joined on.
            opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            opened.setOption(StandardSocketOptions.IP_MULTICAST_IF, through);
            opened.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            opened.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1);
            return opened;
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    /** Where the system does not bind to groups, as Windows, the socket takes what comes to the port otherwise, too. */
    private void bindToGroup(DatagramChannel channel) throws IOException {
        try {
            channel.bind(group);
        } catch (IOException e) {
            channel.bind(new InetSocketAddress(config.port()));
        }
    }

    private void closeSockets() {
        Sockets current = sockets;
        sockets = null;
        if (current != null) {
            current.close();
        }
    }

    private static String text(InetSocketAddress address) {
        return PeerAddress.of(address).toString();
    }
}
