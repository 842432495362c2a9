package dev.swarm.driver;

import dev.swarm.SwarmConfig;
import dev.swarm.Ticker;
import dev.swarm.blob.BlobCache;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.Router;
import dev.swarm.transport.Transport;
import dev.swarm.transport.TransportConfig;
import dev.swarm.transport.TransportProvider;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node takes of the machine: its directory, its store, its threads and its port. Used by one thread at a time. */
final class NodeResources {

    private static final Logger log = LoggerFactory.getLogger(NodeResources.class);

    private final NodeThreads threads = NodeThreads.create();
    private final Tellers tellers = new Tellers();
    private @Nullable DirectoryLock directory;
    private @Nullable BlobCache blobs;
    private @Nullable Transport transport;

    NodeThreads threads() {
        return threads;
    }

    Tellers tellers() {
        return tellers;
    }

    /** Takes the data directory and opens the store in it. */
    BlobCache openStore(SwarmConfig config) throws IOException {
        directory = DirectoryLock.take(config.dataDirectory());
        BlobCache opened = BlobCache.open(config.dataDirectory());
        blobs = opened;
        return opened;
    }

    /** Opens the port. */
    Transport openTransport(SwarmConfig config, DenyGate denyGate, Router router, Ticker ticker) {
        Executor handlers = config.handlers();
        Transport opened = TransportProvider.installed()
                .open(TransportConfig.builder()
                        .listen(config.listen())
                        .credentials(config.credentials())
                        .memberCheck(MemberCertificates::read)
                        .admitted(denyGate::admits)
                        .router(router)
                        .ticker(ticker)
                        .threads(new NamedThreads("swarm-io"))
                        .workers(threads.workers())
                        .handlers(handlers == null ? threads.handlers() : handlers)
                        .limits(config.limits())
                        .build());
        transport = opened;
        return opened;
    }

    /** Gives back what there is of it. Repeated calls do nothing. */
    void release() {
        if (transport != null) {
            transport.close(Duration.ZERO);
        }
        threads.stop();
        try {
            if (blobs != null) {
                blobs.close();
            }
        } catch (IOException e) {
            log.debug("closing the store failed", e);
        }
        if (directory != null) {
            directory.close();
        }
    }
}
