package dev.swarm.blob;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The leaf hashes that were asked for last, up to a number of leaves. Safe for many threads. */
final class KeptTrees {

    private final long maxLeaves;
    private final Object lock = new Object();

    // Guarded by lock; least recently used first.
    private final Map<BlobId, BlobCache.Seeded> blobs = new LinkedHashMap<>(16, 0.75f, true);
    private long leaves;

    KeptTrees(long maxLeaves) {
        this.maxLeaves = maxLeaves;
    }

    BlobCache.@Nullable Seeded get(BlobId id) {
        synchronized (lock) {
            return blobs.get(id);
        }
    }

    /** Keeps a tree until others need its room; one that has no room at all is not kept. */
    void put(BlobCache.Seeded blob) {
        synchronized (lock) {
            remove(blob.id());
            blobs.put(blob.id(), blob);
            leaves += blob.tree().leafCount();
            Iterator<BlobCache.Seeded> eldest = blobs.values().iterator();
            while (leaves > maxLeaves && eldest.hasNext()) {
                leaves -= eldest.next().tree().leafCount();
                eldest.remove();
            }
        }
    }

    void remove(BlobId id) {
        synchronized (lock) {
            BlobCache.Seeded blob = blobs.remove(id);
            leaves -= blob == null ? 0 : blob.tree().leafCount();
        }
    }
}
