package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.WorkPace;
import dev.swarm.blob.BlobId;
import dev.swarm.node.Moment;
import dev.swarm.node.NodeMachine;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the machine what is in the store, blob by blob, as often as that is worth its time. Confined to the node's loop. */
final class StoreLooks {

    private static final Logger log = LoggerFactory.getLogger(StoreLooks.class);

    /**
     * Cycles from one look to the next, at most. A look takes some 5 µs for each blob: with a hundred thousand of them one in each cycle
     * would take a tenth of a core, and more of it while the processor is busy with receiving them.
     */
    private static final int LONGEST_CYCLES = 6;

    private final NodeParts parts;
    private final NodeMachine machine;
    private final StoreKeeper store;
    private final NodeJournal journal;
    private final WorkPace pace;

    /** Why the last look failed, as it was logged. Only on the worker that looks. */
    private volatile @Nullable String said;

    StoreLooks(NodeParts parts, NodeMachine machine, StoreKeeper store, NodeJournal journal, Duration cycle) {
        this.parts = parts;
        this.machine = machine;
        this.store = store;
        this.journal = journal;
        this.pace = new WorkPace(parts.ticker(), LONGEST_CYCLES * cycle.toNanos());
    }

    /** Has a worker look, unless the last look is too short a while ago for what it took. */
    void cycle(Moment now) {
        if (pace.tryStart()) {
            machine.lookingAtStore();
            parts.workers().execute(() -> look(now));
        }
    }

    /** All of it, unless a flush failed: what has come since then may be gone after a power failure. */
    private Map<BlobId, Long> counting(Map<BlobId, Long> complete) {
        if (parts.blobs().problem() == null) {
            return complete;
        }
        Map<BlobId, Long> counted = new HashMap<>(complete);
        counted.keySet().removeIf(blob -> !machine.isComplete(blob));
        return counted;
    }

    private void look(Moment now) {
        try {
            List<BlobId> partial = store.partial();
            Map<BlobId, Long> complete = store.complete();
            parts.loop().execute(() -> {
                machine.storeHolds(counting(complete)).forEach(parts.listener()::completed);
                machine.storeHoldsPartly(partial, journal.isWhole());
                journal.prune(complete.keySet());
            });
            said = null;
            store.purgeGraveyard(now.epochMillis());
        } catch (SwarmException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(said)) {
                log.warn("{}; it is tried again every cycle", why);
            }
            said = why;
        } finally {
            pace.ended();
        }
    }
}
