package dev.swarm.node;

import dev.swarm.blob.BlobHasher;
import dev.swarm.blob.BlobId;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.peer.PeerId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells which of the sizes and roots that entries give a blob to go by. One at most is right. Those that were shown to be false no peer can
 * make true, so nothing is fetched by them again; as long as there are several that may be right, nobody is to blame for what does not fit one
 * of them, and where nothing comes by one the next is tried. Confined.
 */
final class CredibleShapes {

    private static final Logger log = LoggerFactory.getLogger(CredibleShapes.class);

    /** The only content without a leaf. */
    private static final BlobId NOTHING = new BlobHasher().finish().id();

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
                    "the entry of blob {} by {} is false: its size or its root is not that of the content; nothing is fetched by it"
                            + " again. False entries of {} so far: {}",
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

    /** All of a blob came by a shape, so every other one is false. */
    void addAllBut(BlobView view, BlobView.Shape proven) {
        for (BlobView.Shape shape : view.shapes()) {
            if (!shape.equals(proven)) {
                add(view, shape);
            }
        }
    }

    /** What to go by: the first of the shapes that was not shown to be false; null if all were. */
    BlobView.@Nullable Shape credible(BlobView view) {
        BlobView.Shape first = BlobView.Shape.of(view.winner());
        if (mayBeRight(view, first)) {
            return first;
        }
        for (BlobView.Shape shape : view.shapes()) {
            if (mayBeRight(view, shape)) {
                return shape;
            }
        }
        return null;
    }

    /** What to go by after a shape by which nothing came; null if there is no other. */
    BlobView.@Nullable Shape after(BlobView view, BlobView.Shape tried) {
        List<BlobView.Shape> claimed = view.shapes();
        int place = claimed.indexOf(tried);
        for (int i = 1; i <= claimed.size(); i++) {
            BlobView.Shape shape = claimed.get((place + i) % claimed.size());
            if (!shape.equals(tried) && mayBeRight(view, shape)) {
                return shape;
            }
        }
        return null;
    }

    private boolean mayBeRight(BlobView view, BlobView.Shape shape) {
        if ((shape.size() == 0) != view.blob().equals(NOTHING)) {
            return false;
        }
        Set<BlobView.Shape> known = shapes.get(view.blob());
        return known == null || !known.contains(shape);
    }
}
