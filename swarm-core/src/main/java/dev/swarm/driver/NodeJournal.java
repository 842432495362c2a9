package dev.swarm.driver;

import dev.swarm.NodeStatus;
import dev.swarm.WorkPace;
import dev.swarm.blob.BlobId;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.node.Moment;
import dev.swarm.node.NodeMachine;
import dev.swarm.peer.PeerView;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a node knows in its files: the manifest by way of a {@link ManifestWriter}, peers and state as they are. Confined to
 * the node's loop but for the writing itself.
 */
final class NodeJournal {

    private static final Logger log = LoggerFactory.getLogger(NodeJournal.class);

    private static final String STATE = "state.json";

    /** Between two states on disk, at most, where one takes long for the number of blobs: two cycles, as whoever checks on a node expects. */
    private static final long LONGEST_STATE_NANOS = 10_000_000_000L;

    private final NodeParts parts;
    private final NodeMachine machine;
    private final ManifestWriter manifest;
    private final StateFiles files;
    private final SubsystemHost subsystems;
    private final Supplier<@Nullable Instant> lastCheckIn;
    private final StateJson state;
    private final SerialExecutor order;
    private final Map<String, String> written = new HashMap<>();
    private final WorkPace statePace;
    private final SkippedBlobs skipped = SkippedBlobs.logged();
    private EarlierPeers earlier = EarlierPeers.NONE;
    private long prunedUpTo;
    private boolean whole;

    NodeJournal(
            NodeParts parts,
            NodeMachine machine,
            ManifestWriter manifest,
            StateFiles files,
            SubsystemHost subsystems,
            Supplier<@Nullable Instant> lastCheckIn,
            StateJson state) {
        this.parts = parts;
        this.machine = machine;
        this.manifest = manifest;
        this.files = files;
        this.subsystems = subsystems;
        this.lastCheckIn = lastCheckIn;
        this.state = state;
        this.order = new SerialExecutor(parts.workers());
        this.statePace = new WorkPace(parts.ticker(), LONGEST_STATE_NANOS);
    }

    /** Reads what an earlier run left. A file that cannot be used is set aside. */
    void load(Moment now) {
        whole = manifest.load(now.epochMillis());
        earlier = EarlierPeers.read(files);
        earlier.tell(machine, now);
    }

    /** Whether there was a manifest of an earlier run and nothing of it was lost. */
    boolean isWhole() {
        return whole;
    }

    /** Has what changed in the manifest written. */
    void manifestChanged() {
        manifest.changed();
    }

    /** Completes when all that changed in the manifest so far is on disk and can be read; see {@link ManifestWriter#stored}. */
    CompletableFuture<@Nullable Void> manifestStored() {
        return manifest.stored();
    }

    /** Does what is due; the moment, in the machine's nanoseconds, at which to call again at the latest. */
    long advance(Moment now) {
        long wait = manifest.advance();
        return wait == Long.MAX_VALUE ? wait : now.nanos() + wait;
    }

    /** Writes what changed since the last cycle. */
    void cycle() {
        manifest.cycle();
        if (statePace.tryStart()) {
            writeState(statePace::ended);
        }
    }

    private void writeState(Runnable done) {
        Moment now = parts.now();
        List<PeerView> peers = machine.peers().peers(now.nanos());
        EarlierPeers others = earlier;
        order.execute(() -> write(
                EarlierPeers.FILE, PeersJson.write(peers, others.beside(peers, now.epochMillis()), now.epochMillis())));
        List<BlobView> views = machine.manifest().blobs();
        NodeStatus status = status(now, views, peers);
        skipped.look(status.transfers());
        StateJson.Blobs blobs = StateJson.Blobs.of(machine, views, now);
        order.execute(() -> {
            try {
                write(STATE, state.write(status, blobs, now.epochMillis()));
            } finally {
                done.run();
            }
        });
    }

    /** Has everything written for good, then calls {@code done} on a worker. */
    void flush(Runnable done) {
        manifest.cycle();
        writeState(() -> {});
        manifest.flush(() -> order.execute(done));
    }

    /** Fails those who wait for the manifest to be written. From any thread. */
    void close() {
        manifest.close();
    }

    NodeStatus status() {
        Moment now = parts.now();
        return status(now, machine.manifest().blobs(), machine.peers().peers(now.nanos()));
    }

    private NodeStatus status(Moment now, List<BlobView> views, List<PeerView> peers) {
        int active = (int) views.stream().filter(BlobView::isActive).count();
        return new NodeStatus(
                parts.self(),
                parts.transport().localAddress(),
                subsystems.gates(),
                machine.manifest().version(),
                active,
                views.size() - active,
                (int) peers.stream().filter(peer -> peer.trust() > 0).count(),
                (int) views.stream()
                        .filter(view -> machine.isComplete(view.blob()))
                        .count(),
                machine.transfers(now),
                parts.blobs().problem(),
                lastCheckIn.get());
    }

    /**
     * Drops what was revoked long ago and is not in the store any more.
     *
     * @param stored what a look at the store has just found
     */
    void prune(Set<BlobId> stored) {
        long hour = ManifestWriter.pruneTime(parts.now().epochMillis());
        if (hour > prunedUpTo) {
            prunedUpTo = hour;
            int dropped = machine.manifest().prune(hour, ManifestCrdt.REVOKED_WINDOW, stored::contains);
            if (dropped > 0) {
                log.debug("{} entries that were revoked long ago left the manifest", dropped);
                parts.listener().manifestChanged();
            }
        }
    }

    private void write(String name, String text) {
        if (!text.equals(written.get(name))
                && files.tryWrite(name, target -> target.write(text.getBytes(StandardCharsets.UTF_8)))) {
            written.put(name, text);
        }
    }
}
