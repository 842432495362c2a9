package dev.swarm.sim;

import dev.swarm.SwarmException;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.LeafSet;
import dev.swarm.node.NodeMachine;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Changes one simulated node's store as slowly as the disk of its world is, those of one blob in order. */
final class StoreLine {

    private static final long OPENING_NANOS = 1_000_000;
    private static final long COMMITTING_NANOS = 5_000_000;

    private final SimulatedFleet fleet;
    private final SimulatedNode self;
    private final Map<BlobId, Long> busyUntil = new HashMap<>();
    private final Set<BlobId> receiving = new HashSet<>();
    private final Map<BlobId, Object> opening = new HashMap<>();

    /** A change of the store. */
    private interface Change {
        void make() throws IOException;
    }

    StoreLine(SimulatedFleet fleet, SimulatedNode self) {
        this.fleet = fleet;
        this.self = self;
    }

    /** What waits is never done. */
    void crashed() {
        busyUntil.clear();
        receiving.clear();
        opening.clear();
    }

    /** Takes stock. */
    void look() {
        self.machine().lookingAtStore();
        try {
            tell(self.machine());
        } catch (IOException e) {
            fleet.time().trace(self.id() + " cannot list its store");
        }
    }

    /** Tells a machine what is there. A blob that its manifest does not name may have lost its entry with the journal. */
    void tell(NodeMachine machine) throws IOException {
        machine.storeHolds(self.store().complete());
        machine.storeHoldsPartly(self.store().partial(), false);
    }

    void open(BlobId blob, BlobLayout layout, HashTree tree) {
        Object opened = new Object();
        opening.put(blob, opened);
        execute(blob, () -> {
            try {
                LeafSet held = self.store().open(blob, layout, tree);
                self.later(OPENING_NANOS, () -> {
                    if (opening.remove(blob, opened)) {
                        receiving.add(blob);
                        self.machine().opened(blob, held, self.now());
                    }
                });
            } catch (IOException | IllegalStateException | SwarmException e) {
                boolean disk = e instanceof SwarmException;
                String why = String.valueOf(e.getMessage());
                self.later(OPENING_NANOS, () -> {
                    if (opening.remove(blob, opened)) {
                        fleet.world().openFailed(self, blob);
                        self.machine().openFailed(blob, why, disk, self.now());
                    }
                });
            }
        });
    }

    void commit(BlobId blob, Runnable completed) {
        boolean isOpen = receiving.remove(blob);
        self.later(COMMITTING_NANOS, () -> {
            fleet.time().trace(self.id() + " complete");
            try {
                if (!isOpen) {
                    self.machine().commitFailed(blob, "the partial copy is closed", self.now());
                } else if (self.store().commit(blob, self.now().epochMillis())) {
                    completed.run();
                    self.machine().committed(blob, self.now());
                } else {
                    self.machine().shapeIsFalse(blob);
                }
            } catch (IOException | IllegalStateException e) {
                self.machine().commitFailed(blob, e.toString(), self.now());
            }
        });
    }

    /** As in a driver: what is open or being opened is closed, whatever is opened for the blob later. */
    void close(BlobId blob, boolean delete) {
        boolean wasOpening = opening.remove(blob) != null;
        boolean isOpen = receiving.remove(blob) || wasOpening;
        execute(blob, () -> {
            if (isOpen) {
                self.store().close(blob);
            }
            if (delete) {
                self.store().delete(blob);
            }
        });
    }

    void evict(BlobId blob, boolean bury) {
        execute(blob, () -> {
            if (!bury || !self.store().bury(blob)) {
                self.store().delete(blob);
            }
        });
    }

    void discard(BlobId blob) {
        execute(blob, () -> self.store().discard(blob));
    }

    void revive(BlobId blob) {
        execute(blob, () -> {
            if (self.store().revive(blob, self.now().epochMillis())) {
                self.later(OPENING_NANOS, () -> self.machine().stored(blob, self.now()));
            }
        });
    }

    /** Makes a change after the others of its blob; at once where that takes no time. */
    private void execute(BlobId blob, Change change) {
        long nanos = fleet.world().diskNanos(self);
        if (nanos == 0) {
            makeNow(change);
            return;
        }
        long end = Math.max(busyUntil.getOrDefault(blob, 0L), fleet.time().now()) + nanos;
        busyUntil.put(blob, end);
        int born = self.incarnation();
        fleet.time().at(end, () -> {
            if (self.isRunning() && born == self.incarnation()) {
                makeNow(change);
                fleet.world().happened(self);
            }
        });
    }

    private void makeNow(Change change) {
        try {
            change.make();
        } catch (IOException e) {
            fleet.time().trace(self.id() + " cannot change its store");
        }
    }
}
