package dev.swarm.driver;

import dev.swarm.blob.BlobId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/** Does what concerns one blob in the store in order, and what concerns different blobs side by side. Safe for many threads. */
final class StoreOrder {

    private final List<SerialExecutor> lines = new ArrayList<>();

    /** As many lines as {@code threads} has threads. */
    StoreOrder(Executor threads, int count) {
        for (int i = 0; i < count; i++) {
            lines.add(new SerialExecutor(threads));
        }
    }

    /** Runs a task after those of the same blob. */
    void execute(BlobId blob, Runnable task) {
        lines.get(Math.floorMod(blob.hashCode(), lines.size())).execute(task);
    }
}
