package dev.swarm.node;

import dev.swarm.blob.BlobId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a neighbour said last of each blob that is wanted. Confined. */
final class SharesSaid {

    private final Map<BlobId, Said> all = new HashMap<>();

    /** What was looked up last, as report after report is of the same blob. */
    private @Nullable BlobId lastBlob;

    private @Nullable Said lastSaid;

    private static final class Said {
        private int version;
        private boolean claimed;
    }

    /** The version of a share that was told last; 0 for none. */
    int version(BlobId blob) {
        Said known = of(blob);
        return known == null ? 0 : known.version;
    }

    void says(BlobId blob, int version) {
        Said known = of(blob);
        if (known == null) {
            known = new Said();
            all.put(blob, known);
            lastSaid = known;
        }
        known.version = version;
    }

    void forget(BlobId blob) {
        all.remove(blob);
        lastBlob = null;
        lastSaid = null;
    }

    /** Whether something was said of a blob, and this is asked for the first time since that is so. */
    boolean isNewClaim(BlobId blob) {
        Said known = of(blob);
        if (known == null || known.claimed) {
            return false;
        }
        known.claimed = true;
        return true;
    }

    private @Nullable Said of(BlobId blob) {
        if (!blob.equals(lastBlob)) {
            lastBlob = blob;
            lastSaid = all.get(blob);
        }
        return lastSaid;
    }
}
