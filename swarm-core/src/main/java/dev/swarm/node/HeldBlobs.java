package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.ManifestCrdt;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The blobs that are complete in the store, as the last look at it and what was told since say. Confined.
 *
 * <p>A look takes its time: what came in since it began may be missing from it, and what was let go of since or shortly before may still be
 * in it. Let go of a second time, it would be gone though it had come back in between.
 */
final class HeldBlobs {

    private final ManifestCrdt manifest;
    private final Map<BlobId, Long> completedAt = new HashMap<>();

    /** Came in since the look began. */
    private final Map<BlobId, Long> cameSince = new HashMap<>();

    private Set<BlobId> letGoSince = new HashSet<>();
    private Set<BlobId> letGoBefore = new HashSet<>();

    /** Whether the store was looked at since the node started. */
    private boolean hasLooked;

    /** What looks did not find any more. Links to it and its hashes may be there yet. */
    private final Set<BlobId> vanished = new HashSet<>();

    /** What the last look found of which all entries have ended, and which did not count before it. */
    private Set<BlobId> endedInLook = new HashSet<>();

    HeldBlobs(ManifestCrdt manifest) {
        this.manifest = manifest;
    }

    boolean contains(BlobId blob) {
        return completedAt.containsKey(blob);
    }

    /** When a blob was complete, milliseconds since the epoch; 0 if it is not. */
    long since(BlobId blob) {
        return completedAt.getOrDefault(blob, 0L);
    }

    /** A blob came in; whether it counted as absent. */
    boolean add(BlobId blob, long epochMillis) {
        came(blob, epochMillis);
        return completedAt.putIfAbsent(blob, epochMillis) == null;
    }

    /** A blob came in just now, whatever was known of it. */
    void renew(BlobId blob, long epochMillis) {
        came(blob, epochMillis);
        completedAt.put(blob, epochMillis);
    }

    private void came(BlobId blob, long epochMillis) {
        cameSince.put(blob, epochMillis);
        letGoSince.remove(blob);
        letGoBefore.remove(blob);
        vanished.remove(blob);
    }

    /** A blob is to count as absent; whether there may be something of it in the store that is to be deleted. */
    boolean letGo(BlobId blob) {
        cameSince.remove(blob);
        boolean any = completedAt.remove(blob) != null;
        if (vanished.remove(blob) || any) {
            letGoSince.add(blob);
            return true;
        }
        return false;
    }

    /** A look at the store begins. */
    void lookBegins() {
        cameSince.clear();
        letGoBefore = letGoSince;
        letGoSince = new HashSet<>();
    }

    /** What a look found, set right by what happened meanwhile. */
    Look look(Map<BlobId, Long> found) {
        Map<BlobId, Long> blobs = new HashMap<>(found);
        Set<BlobId> ended = endedAndNew(blobs.keySet());
        blobs.keySet().removeAll(letGoBefore);
        blobs.keySet().removeAll(letGoSince);
        blobs.keySet().removeIf(blob -> hasLooked && ended.contains(blob) && !endedInLook.contains(blob));
        cameSince.forEach(blobs::putIfAbsent);
        List<BlobId> returned = hasLooked
                ? List.of()
                : blobs.keySet().stream().filter(manifest::isBuried).toList();
        endedInLook = ended;
        hasLooked = true;
        return new Look(blobs, returned);
    }

    /**
     * What a look found.
     *
     * @param blobs what is complete, with the times since when it is; the caller's own
     * @param returned what the first look found though it had been deleted: its name came back when the machine lost power
     */
    record Look(Map<BlobId, Long> blobs, List<BlobId> returned) {}

    /**
     * What ended and was not known to be here. Content that is published once more is in the store a moment before its entry is: it is to
     * be found by two looks in a row before it counts as what has ended.
     */
    private Set<BlobId> endedAndNew(Collection<BlobId> found) {
        Set<BlobId> ended = new HashSet<>();
        for (BlobId blob : found) {
            BlobView view = completedAt.containsKey(blob) ? null : manifest.blob(blob);
            if (view != null && !view.isActive()) {
                ended.add(blob);
            }
        }
        return ended;
    }

    /** Has these be all that is complete; whether that is a change. */
    boolean replaceAll(Map<BlobId, Long> blobs) {
        if (blobs.keySet().equals(completedAt.keySet())) {
            return false;
        }
        completedAt.keySet().stream().filter(blob -> !blobs.containsKey(blob)).forEach(vanished::add);
        vanished.removeAll(blobs.keySet());
        completedAt.clear();
        completedAt.putAll(blobs);
        return true;
    }
}
