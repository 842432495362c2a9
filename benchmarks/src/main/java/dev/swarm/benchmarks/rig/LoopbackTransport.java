package dev.swarm.benchmarks.rig;

import dev.swarm.SystemAdapters;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Router;
import dev.swarm.transport.Transport;
import dev.swarm.transport.TransportConfig;
import dev.swarm.transport.TransportLimits;
import dev.swarm.transport.TransportProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A transport on the loopback interface with workers of its own, as a node would open it. */
public final class LoopbackTransport implements AutoCloseable {

    /** As many as a node has. */
    private static final int WORKERS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

    private static final int MAX_CONNECTIONS = 1_000;

    private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS, Daemons.named("worker"));
    private final Router router = new Router();
    private final Transport transport;

    /** Opens it on 127.0.0.1. */
    public LoopbackTransport(NodeCredentials credentials) {
        this(credentials, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private LoopbackTransport(NodeCredentials credentials, InetSocketAddress listen) {
        TransportProvider provider = TransportProvider.installed();
        // Contestants take turns: a connection must not be given up while the others have theirs.
        // And the other end is one peer that stands for many.
        TransportLimits limits = TransportLimits.builder()
                .idleTimeout(Duration.ofHours(1))
                .maxConnections(MAX_CONNECTIONS)
                .maxConnectionsPerPeer(MAX_CONNECTIONS)
                .build();
        transport = provider.open(TransportConfig.builder()
                .listen(listen)
                .credentials(credentials)
                .memberCheck(MemberCertificates::read)
                .admitted(peer -> true)
                .router(router)
                .ticker(SystemAdapters.ticker())
                .threads(Daemons.named("io"))
                .workers(workers)
                .limits(limits)
                .build());
    }

    /** Opens it on every address, so that it can be dialled at any of 127.0.0.0/8. */
    public static LoopbackTransport onEveryAddress(NodeCredentials credentials) {
        return new LoopbackTransport(credentials, new InetSocketAddress(0));
    }

    /** The transport. */
    public Transport transport() {
        return transport;
    }

    /** Its routes. */
    public Router router() {
        return router;
    }

    /** Its workers. */
    public ExecutorService workers() {
        return workers;
    }

    @Override
    public void close() {
        transport.close();
        workers.shutdownNow();
    }
}
