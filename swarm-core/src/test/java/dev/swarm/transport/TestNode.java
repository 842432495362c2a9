package dev.swarm.transport;

import dev.swarm.SystemAdapters;
import dev.swarm.peer.PeerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A transport on the loopback interface with its own workers and routes. */
public final class TestNode implements AutoCloseable {

    private final Router router = new Router();
    private final ExecutorService workers;
    private final Transport transport;

    /** Opens a transport that any member may use. */
    public TestNode(TransportProvider provider, NodeCredentials credentials) {
        this(provider, credentials, UnaryOperator.identity());
    }

    /** Opens a transport with some part of its configuration out of the ordinary. */
    public TestNode(
            TransportProvider provider,
            NodeCredentials credentials,
            UnaryOperator<TransportConfig.Builder> configuration) {
        AtomicInteger number = new AtomicInteger();
        workers = Executors.newFixedThreadPool(4, task -> daemon(task, "swarm-worker-" + number.incrementAndGet()));
        TransportConfig.Builder builder = TransportConfig.builder()
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .credentials(credentials)
                .memberCheck(MemberCertificates::read)
                .admitted(peer -> true)
                .router(router)
                .ticker(SystemAdapters.ticker())
                .threads(task -> daemon(task, "swarm-transport"))
                .workers(workers);
        try {
            transport = provider.open(configuration.apply(builder).build());
        } catch (RuntimeException e) {
            workers.shutdownNow();
            throw e;
        }
    }

    /** The transport. */
    public Transport transport() {
        return transport;
    }

    /** Where it listens. */
    public PeerAddress address() {
        return transport.localAddress();
    }

    /** Adds a route. */
    public TestNode serve(Route route) {
        router.add(route);
        return this;
    }

    /** Sends a request. */
    public CollectingSink send(PeerAddress peer, PeerClient.Lane lane, Request request) {
        CollectingSink sink = new CollectingSink();
        transport.client().send(peer, lane, request, sink);
        return sink;
    }

    /** Asks for a target on the lane for small questions. */
    public CollectingSink get(TestNode peer, String target) {
        return send(peer.address(), PeerClient.Lane.CONTROL, Request.get(target));
    }

    /** Closes the transport within the grace period. */
    public void close(Duration grace) {
        transport.close(grace);
        workers.shutdown();
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
