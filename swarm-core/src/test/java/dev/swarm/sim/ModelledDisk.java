package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.LeafSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one node has of each blob, without the bytes. Outlives the node's crashes. */
final class ModelledDisk {

    private final Map<BlobId, LeafSet> leaves = new HashMap<>();
    private final Map<BlobId, Long> completedAt = new HashMap<>();
    private final Map<BlobId, LeafSet> graveyard = new HashMap<>();

    /** The leaves of a blob that are here; null if it was never begun. */
    @Nullable
    LeafSet held(BlobId blob) {
        return leaves.get(blob);
    }

    LeafSet begin(BlobId blob, int leafCount) {
        return leaves.computeIfAbsent(blob, key -> LeafSet.none(leafCount));
    }

    void put(BlobId blob, LeafSet held, long epochMillis) {
        leaves.put(blob, held);
        completedAt.put(blob, epochMillis);
    }

    void completed(BlobId blob, long epochMillis) {
        completedAt.put(blob, epochMillis);
    }

    void delete(BlobId blob) {
        leaves.remove(blob);
    }

    void bury(BlobId blob) {
        LeafSet held = leaves.remove(blob);
        if (held != null) {
            graveyard.put(blob, held);
        }
    }

    /** Whether the blob lay in the graveyard and is here again. */
    boolean revive(BlobId blob, long epochMillis) {
        LeafSet held = graveyard.remove(blob);
        if (held != null) {
            put(blob, held, epochMillis);
        }
        return held != null;
    }

    /** What is complete, each blob with the time since when. */
    Map<BlobId, Long> complete() {
        Map<BlobId, Long> complete = new HashMap<>();
        leaves.forEach((blob, held) -> {
            if (held.isFull()) {
                complete.put(blob, completedAt.getOrDefault(blob, 0L));
            }
        });
        return complete;
    }
}
