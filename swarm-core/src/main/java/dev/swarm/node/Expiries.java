package dev.swarm.node;

import dev.swarm.blob.BlobId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** When to look again at which blob, because its time here may be over. Confined. Times are milliseconds since the epoch. */
final class Expiries {

    private record Due(long epochMillis, BlobId blob) {}

    private final PriorityQueue<Due> queue = new PriorityQueue<>((a, b) -> Long.compare(a.epochMillis, b.epochMillis));
    private final Map<BlobId, Long> times = new HashMap<>();

    /** Looks at the blob at that time instead of at any other; never if it is {@link Long#MAX_VALUE}. */
    void set(BlobId blob, long epochMillis) {
        Long before = epochMillis == Long.MAX_VALUE ? times.remove(blob) : times.put(blob, epochMillis);
        boolean moved = before == null || before != epochMillis;
        if (moved && epochMillis != Long.MAX_VALUE) {
            queue.add(new Due(epochMillis, blob));
        }
    }

    /** Whether {@link #due} may have something. */
    boolean isAnyDue(long epochMillis) {
        Due first = queue.peek();
        return first != null && first.epochMillis <= epochMillis;
    }

    /** The blobs whose time has come, each once for each time that was set. */
    List<BlobId> due(long epochMillis) {
        List<BlobId> due = new ArrayList<>();
        while (!queue.isEmpty() && queue.peek().epochMillis <= epochMillis) {
            Due next = queue.remove();
            if (times.remove(next.blob, next.epochMillis)) {
                due.add(next.blob);
            }
        }
        return due;
    }
}
