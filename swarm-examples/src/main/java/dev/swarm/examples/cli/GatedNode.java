package dev.swarm.examples.cli;

import dev.swarm.Bandwidth;
import dev.swarm.SwarmConfig;
import dev.swarm.SwarmNode;
import dev.swarm.examples.config.NodeFile;
import dev.swarm.peer.PeerId;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node that runs while its configuration lets its host, with the gates that it says. Safe for many threads. */
final class GatedNode implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(GatedNode.class);

    private final PeerId host;
    private final Making making;
    private final Attaching attaching;
    private final boolean followsBandwidth;
    private final Object lock = new Object();
    private @Nullable NodeFile inForce;
    private @Nullable SwarmNode node;
    private @Nullable AutoCloseable attached;
    private boolean closed;

    /** Makes the configuration of a node. */
    @FunctionalInterface
    interface Making {

        /** As the flags and a file say; null if there is no file. */
        SwarmConfig make(@Nullable NodeFile file);
    }

    /** Starts what goes with a node. */
    @FunctionalInterface
    interface Attaching {

        /** What is to be closed before the node. */
        AutoCloseable attach(SwarmNode node) throws IOException;
    }

    /**
     * Nothing runs yet.
     *
     * @param followsBandwidth whether the share of the line is the file's to say
     */
    GatedNode(PeerId host, Making making, Attaching attaching, boolean followsBandwidth) {
        this.host = host;
        this.making = making;
        this.attaching = attaching;
        this.followsBandwidth = followsBandwidth;
    }

    /** Starts the node without a file. */
    void start() throws IOException {
        synchronized (lock) {
            if (!closed) {
                open(null);
            }
        }
    }

    /** Starts, stops or changes the node as a file says. */
    void use(NodeFile file) throws IOException {
        synchronized (lock) {
            if (closed) {
                return;
            }
            SwarmNode running = node;
            if (!file.enabled().allows(host)) {
                if (inForce == null || running != null) {
                    log.warn("swarm.enabled [{}] does not let {} in: no node runs until it does", file.enabled(), host);
                }
                stop();
            } else if (running == null) {
                open(file);
            } else {
                change(running, file);
            }
            inForce = file;
        }
    }

    private void open(@Nullable NodeFile file) throws IOException {
        SwarmNode started = SwarmNode.start(making.make(file));
        try {
            attached = attaching.attach(started);
            node = started;
        } finally {
            if (node == null) {
                started.close();
            }
        }
    }

    private void change(SwarmNode running, NodeFile file) {
        NodeFile before = Objects.requireNonNull(inForce);
        running.regate(file.gates(), file.seeding());
        if (followsBandwidth && !Objects.equals(before.maxBandwidthPercent(), file.maxBandwidthPercent())) {
            running.limitDownloads(bandwidth(file));
        }
        if (before.port() != file.port() || !Objects.equals(before.announceAddress(), file.announceAddress())) {
            log.warn("swarm.port and swarm.announce_address count from the next start of the node on");
        }
    }

    /** What downloads may take by a file. */
    static Bandwidth bandwidth(NodeFile file) {
        return Bandwidth.percent(
                Objects.requireNonNullElse(file.maxBandwidthPercent(), SwarmConfig.DEFAULT_MAX_BANDWIDTH_PERCENT));
    }

    private void stop() {
        try {
            if (attached != null) {
                attached.close();
            }
        } catch (Exception e) {
            log.warn("what goes with the node did not stop: {}", e.toString());
        }
        if (node != null) {
            node.close();
        }
        attached = null;
        node = null;
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            stop();
        }
    }
}
