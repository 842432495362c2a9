package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.PeerId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sizes and roots that entries give blobs and that were shown to be false: every leaf matched its hash and the whole did not. No peer can
 * make them true, so nothing is fetched by them again. Confined.
 */
final class FalseShapes {

    private static final Logger log = LoggerFactory.getLogger(FalseShapes.class);

    private final Map<BlobId, Set<BlobView.Shape>> shapes = new HashMap<>();

    /** How many false entries there were of whom, for the log to tell of the first, second, fourth and so on. */
    private final Map<PeerId, Integer> authors = new HashMap<>();

    /** A shape was shown to be false. What no entry says any more is forgotten. */
    void add(BlobView view, BlobView.Shape shape) {
        Set<BlobView.Shape> known = shapes.computeIfAbsent(view.blob(), blob -> new HashSet<>());
        known.add(shape);
        known.retainAll(view.shapes());
        for (VerifiedEntry active : view.activeEntries()) {
            if (BlobView.Shape.of(active).equals(shape)) {
                tell(view.blob(), active.entry().author());
            }
        }
    }

    private void tell(BlobId blob, PeerId author) {
        int count = authors.merge(author, 1, Integer::sum);
        if (Integer.bitCount(count) == 1) {
            log.warn(
                    "the entry of blob {} by {} is false: every leaf matched its hash and the whole does not match the id; nothing is"
                            + " fetched by it again. False entries of {} so far: {}",
                    blob,
                    author,
                    author,
                    count);
        }
    }

    /** The blob is not distributed any more. */
    void forget(BlobId blob) {
        shapes.remove(blob);
    }

    /** What to go by: the first of the shapes that was not shown to be false; null if all were. */
    BlobView.@Nullable Shape credible(BlobView view) {
        Set<BlobView.Shape> known = shapes.get(view.blob());
        if (known == null) {
            return BlobView.Shape.of(view.winner());
        }
        for (BlobView.Shape shape : view.shapes()) {
            if (!known.contains(shape)) {
                return shape;
            }
        }
        return null;
    }
}
