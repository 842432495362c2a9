package dev.swarm.transport.nio;

import dev.swarm.SwarmException;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.MulticastConfig;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PeerClient;
import dev.swarm.transport.Transport;
import dev.swarm.transport.TransportConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Server, client and multicast on a few event loops. Safe for many threads. */
final class NioTransport implements Transport {

    /** Event loops at most: four of them fill a 10 Gbit/s line, and each further one is a thread that mostly sleeps. */
    private static final int MAX_LOOPS = 4;
    /** How long the threads may take to end once they are told to. */
    private static final Duration JOIN_TIME = Duration.ofSeconds(2);

    private static final Logger log = LoggerFactory.getLogger(NioTransport.class);

    private final TransportConfig config;
    private final List<EventLoop> loops;
    private final Service service;
    private final NioPeerClient client;
    private final Acceptor acceptor;
    private final PeerAddress localAddress;
    private final Queue<MulticastEnd> multicasts = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private NioTransport(TransportConfig config, TlsContext tls, ServerSocketChannel listener, List<EventLoop> loops)
            throws IOException {
        this.config = config;
        this.localAddress = PeerAddress.of((InetSocketAddress) listener.getLocalAddress());
        this.loops = loops;
        this.service = new Service(config, tls);
        this.client = new NioPeerClient(
                config,
                loops,
                tls,
                (loop, peer) -> SocketWire.connect((EventLoop) loop, peer.toSocketAddress(), localAddress.ip()));
        this.acceptor = Acceptor.start(listener, service, loops);
    }

    /** Binds and serves. */
    static NioTransport open(TransportConfig config) {
        TlsContext tls = new TlsContext(config.credentials(), config.memberCheck());
        ServerSocketChannel listener = Acceptor.bind(config.listen());
        List<EventLoop> loops = new ArrayList<>();
        try {
            startLoops(loops, config);
            return new NioTransport(config, tls, listener, List.copyOf(loops));
        } catch (IOException e) {
            loops.forEach(EventLoop::close);
            Acceptor.closeQuietly(listener);
            throw new SwarmException(
                    SwarmException.Reason.NETWORK, "cannot start the event loops: " + e.getMessage(), e);
        }
    }

    @Override
    public PeerAddress localAddress() {
        return localAddress;
    }

    @Override
    public PeerClient client() {
        return client;
    }

    @Override
    public MulticastPort openMulticast(MulticastConfig multicast, DatagramListener listener) {
        if (closed.get()) {
            throw new SwarmException(SwarmException.Reason.CLOSED, "transport is closed");
        }
        MulticastEnd end = MulticastEnd.open(multicast, listener, loops.get(0));
        multicasts.removeIf(MulticastEnd::isClosed);
        multicasts.add(end);
        return end;
    }

    @Override
    public void rotate(NodeCredentials credentials) {
        TlsContext next = new TlsContext(credentials, config.memberCheck());
        service.rotate(next);
        client.rotate(next);
    }

    @Override
    public void recheck() {
        service.recheck();
        client.recheck();
    }

    @Override
    public void limitDownloads(long bytesPerSecond) {
        if (bytesPerSecond < 0) {
            throw new IllegalArgumentException(
                    "download rate is " + bytesPerSecond + " bytes/s, has to be at least 1, or 0 for no bound");
        }
        client.limitDownloads(bytesPerSecond);
    }

    @Override
    public void close(Duration grace) {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        acceptor.stop();
        multicasts.forEach(MulticastEnd::close);
        client.close();
        service.close();
        try {
            if (loops.stream().noneMatch(EventLoop::inLoop)) {
                service.awaitEmpty(grace.toNanos());
            }
            loops.forEach(EventLoop::close);
            for (EventLoop loop : loops) {
                loop.join(JOIN_TIME.toNanos());
            }
        } catch (InterruptedException e) {
            loops.forEach(EventLoop::close);
            Thread.currentThread().interrupt();
        }
        log.debug("transport on {} closed", localAddress);
    }

    private static void startLoops(List<EventLoop> started, TransportConfig config) throws IOException {
        int count = Math.min(Runtime.getRuntime().availableProcessors(), MAX_LOOPS);
        for (int i = 1; i <= count; i++) {
            started.add(new EventLoop("swarm-io-" + i, config.threads(), config.ticker()));
        }
    }
}
