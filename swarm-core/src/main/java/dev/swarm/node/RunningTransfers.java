package dev.swarm.node;

import dev.swarm.blob.BlobId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The transfers that run, and whether one more may. Those of one leaf have room of their own. Confined. */
final class RunningTransfers {

    /** Most that run at once; more wait. Each holds a partial file and its hashes. */
    private static final int MAX_LARGE = 32;

    /**
     * Most of one leaf that run at once beside those: enough that the disk flushes many at a time while as many others are on the line,
     * several hundred in one exchange.
     */
    private static final int MAX_SMALL = 1_024;

    /** Bytes that those hold at most, each its own. */
    private static final long MAX_SMALL_BYTES = 16L << 20;

    private final Map<BlobId, Transfer> transfers = new LinkedHashMap<>();
    private int small;
    private long smallBytes;

    /** Whether a transfer is of so little that a hundred thousand of them may wait. */
    static boolean isSmall(Transfer transfer) {
        return transfer.layout().leafCount() <= 1;
    }

    boolean mayRun(boolean ofOneLeaf) {
        return ofOneLeaf ? small < MAX_SMALL && smallBytes < MAX_SMALL_BYTES : transfers.size() - small < MAX_LARGE;
    }

    void add(Transfer transfer) {
        if (transfers.put(transfer.blob(), transfer) == null) {
            count(transfer, 1);
        }
    }

    void remove(Transfer transfer) {
        if (transfers.remove(transfer.blob()) != null) {
            count(transfer, -1);
        }
    }

    private void count(Transfer transfer, int sign) {
        if (isSmall(transfer)) {
            small += sign;
            smallBytes += sign * transfer.layout().size();
        }
    }

    void clear() {
        transfers.clear();
        small = 0;
        smallBytes = 0;
    }

    boolean isEmpty() {
        return transfers.isEmpty();
    }

    Set<BlobId> blobs() {
        return transfers.keySet();
    }

    /** Lets all go on, and takes those out that wait again: these. */
    List<Transfer> advance(long now, long nextCycle) {
        List<Transfer> ended = List.of();
        for (Transfer transfer : transfers.values()) {
            transfer.advance(now, nextCycle);
            if (transfer.isWaiting()) {
                ended = ended.isEmpty() ? new ArrayList<>() : ended;
                ended.add(transfer);
            }
        }
        ended.forEach(this::remove);
        return ended;
    }

    /** When one of them has to go on. */
    long wakeAt(long now) {
        long wake = Long.MAX_VALUE;
        for (Transfer transfer : transfers.values()) {
            wake = Math.min(wake, transfer.wakeAt(now));
        }
        return wake;
    }

    /** How long until the first of those that receive content is expected to end, in nanoseconds; negative if none receives any. */
    long nearestEnd(long now) {
        long nearest = -1;
        for (Transfer transfer : transfers.values()) {
            if (transfer.phase() == TransferPhase.FETCHING) {
                long end = transfer.nearestEnd(now);
                nearest = nearest < 0 ? end : Math.min(nearest, end);
            }
        }
        return nearest;
    }
}
