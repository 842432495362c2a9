package dev.swarm.sim;

import dev.swarm.SwarmException;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.LeafSet;
import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.ManifestCrdt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A store behind the disk gate that ships, on a disk that goes wrong at times. */
final class GuardedStore implements NodeStore {

    private static final Path DIRECTORY = Path.of("/node/.blobs");
    private static final double LEAST_FREE_PERCENT = 10;

    private final NodeStore inner;
    private final NodeDisk disk;
    private final SightLog sights;
    private final Map<BlobId, DiskGate.Reservation> reserved = new HashMap<>();
    private final Set<BlobId> lost = new HashSet<>();
    private final Map<BlobId, Integer> heldAtCrash = new HashMap<>();
    private DiskGate gate = newGate();

    GuardedStore(NodeStore inner, NodeDisk disk, SightLog sights) {
        this.inner = inner;
        this.disk = disk;
        this.sights = sights;
    }

    private DiskGate newGate() {
        return DiskGate.of(
                directory -> new DiskGate.Space("disk", NodeDisk.TOTAL_BYTES, usableBytes()), LEAST_FREE_PERCENT);
    }

    private long usableBytes() {
        return Math.max(0, NodeDisk.TOTAL_BYTES - disk.takenBytes() - inner.usedBytes());
    }

    NodeStore inner() {
        return inner;
    }

    NodeDisk disk() {
        return disk;
    }

    /** Bytes that are promised to transfers. */
    long promisedBytes() {
        try {
            return usableBytes() - gate.measure(DIRECTORY).usableBytes();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Leaves no more free than so many bytes above what a download needs beside it. */
    void takeAllBut(long bytes) {
        disk.take(NodeDisk.TOTAL_BYTES - inner.usedBytes() - DiskGate.BLOB_HEADROOM_BYTES - bytes);
    }

    private void strike() throws IOException {
        if (inner instanceof ModelledStore) {
            disk.strike();
        }
    }

    @Override
    public void start() throws IOException {
        disk.powerOn();
        reserved.clear();
        gate = newGate();
        inner.start();
    }

    @Override
    public void restore(ManifestCrdt manifest, EntryVerifier verifier, long epochMillis) throws IOException {
        inner.restore(manifest, verifier, epochMillis);
    }

    @Override
    public void keep(ManifestCrdt manifest) throws IOException {
        strike();
        inner.keep(manifest);
    }

    @Override
    public void crash() {
        for (BlobId blob : reserved.keySet()) {
            try {
                LeafSet held = inner.held(blob);
                if (held != null && held.size() > 0) {
                    heldAtCrash.put(blob, held.size());
                }
            } catch (IOException e) {
                heldAtCrash.remove(blob);
            }
        }
        inner.crash();
    }

    @Override
    public long usedBytes() {
        return inner.usedBytes();
    }

    @Override
    public Map<BlobId, Long> complete() throws IOException {
        return inner.complete();
    }

    @Override
    public List<BlobId> partial() throws IOException {
        return inner.partial();
    }

    @Override
    public @Nullable LeafSet held(BlobId blob) throws IOException {
        return inner.held(blob);
    }

    @Override
    public void seed(ModelledContent content, long epochMillis) throws IOException {
        strike();
        inner.seed(content, epochMillis);
    }

    @Override
    public LeafSet open(BlobId blob, BlobLayout layout, HashTree tree) throws IOException {
        DiskGate.Reservation reservation;
        try {
            reservation = gate.reserve(DIRECTORY, layout.size(), DiskGate.BLOB_HEADROOM_BYTES);
        } catch (SwarmException e) {
            sights.saw(Sight.ROOM_REFUSED);
            throw e;
        }
        try {
            strike();
            LeafSet held = inner.open(blob, layout, tree);
            noteResumed(blob, held);
            DiskGate.Reservation before = reserved.put(blob, reservation);
            if (before != null) {
                throw new AssertionError("blob " + blob + " is opened for a second time");
            }
            return held;
        } catch (IOException | RuntimeException e) {
            reservation.close();
            sights.saw(Sight.OPENING_FAILED);
            throw e;
        }
    }

    private void noteResumed(BlobId blob, LeafSet held) {
        Integer before = heldAtCrash.remove(blob);
        if (before != null && held.size() > 0) {
            sights.saw(Sight.TRANSFER_RESUMED_AFTER_CRASH);
        }
        if (before != null && held.size() < before) {
            sights.saw(Sight.LEAVES_LOST_IN_CRASH);
        }
    }

    @Override
    public Leaf read(BlobId blob, int leaf) throws IOException {
        return inner.read(blob, leaf);
    }

    @Override
    public boolean write(BlobId blob, int leaf, Leaf data) throws IOException {
        DiskGate.Reservation reservation = reserved.get(blob);
        if (reservation == null) {
            throw new IOException("blob " + blob + " has no room reserved");
        }
        try {
            reservation.check();
        } catch (SwarmException e) {
            sights.saw(Sight.ROOM_REFUSED_IN_MID_TRANSFER);
            throw e;
        }
        strike();
        LeafSet held = inner.held(blob);
        boolean isNew = held == null || !held.contains(leaf);
        boolean matched = inner.write(blob, leaf, data);
        if (matched && isNew) {
            reservation.written(BlobLayout.LEAF_BYTES);
        }
        return matched;
    }

    @Override
    public boolean commit(BlobId blob, long epochMillis) throws IOException {
        try {
            strike();
            boolean whole = inner.commit(blob, epochMillis);
            if (lost.remove(blob)) {
                sights.saw(Sight.BLOB_LOST_AND_FETCHED_AGAIN);
            }
            return whole;
        } catch (IOException | RuntimeException e) {
            sights.saw(Sight.COMMIT_FAILED);
            inner.close(blob);
            throw e;
        } finally {
            release(blob);
        }
    }

    private void release(BlobId blob) {
        DiskGate.Reservation reservation = reserved.remove(blob);
        if (reservation != null) {
            reservation.close();
        }
    }

    @Override
    public void close(BlobId blob) throws IOException {
        release(blob);
        inner.close(blob);
    }

    /** Somebody else deletes it. */
    void lose(BlobId blob) {
        lost.add(blob);
    }

    @Override
    public void delete(BlobId blob) throws IOException {
        strike();
        inner.delete(blob);
    }

    @Override
    public void discard(BlobId blob) throws IOException {
        strike();
        inner.discard(blob);
    }

    @Override
    public boolean bury(BlobId blob) throws IOException {
        strike();
        boolean buried = inner.bury(blob);
        if (buried) {
            sights.saw(Sight.BURIED);
        }
        return buried;
    }

    @Override
    public boolean revive(BlobId blob, long epochMillis) throws IOException {
        strike();
        boolean risen = inner.revive(blob, epochMillis);
        if (risen) {
            sights.saw(Sight.RISEN_FROM_GRAVEYARD);
        }
        return risen;
    }
}
