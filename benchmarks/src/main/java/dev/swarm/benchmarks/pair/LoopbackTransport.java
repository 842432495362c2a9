package dev.swarm.benchmarks.pair;

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
import java.util.ServiceLoader;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A transport on the loopback interface with workers of its own, as a node would open it. */
final class LoopbackTransport implements AutoCloseable {

    /** As many as a node has. */
    private static final int WORKERS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

    private final ExecutorService workers = Executors.newFixedThreadPool(WORKERS, Daemons.named("worker"));
    private final Router router = new Router();
    private final Transport transport;

    LoopbackTransport(NodeCredentials credentials) {
        TransportProvider provider = ServiceLoader.load(TransportProvider.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no transport on the class path"));
        // Contestants take turns: a connection must not be given up while the others have theirs.
        TransportLimits limits =
                TransportLimits.builder().idleTimeout(Duration.ofHours(1)).build();
        transport = provider.open(TransportConfig.builder()
                .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
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

    Transport transport() {
        return transport;
    }

    Router router() {
        return router;
    }

    ExecutorService workers() {
        return workers;
    }

    @Override
    public void close() {
        transport.close();
        workers.shutdownNow();
    }
}
