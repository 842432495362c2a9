package dev.swarm.driver;

import dev.swarm.blob.BlobId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The partial copies that are being opened. One that is given up meanwhile is closed as soon as it is open, and is never taken for
 * one that is opened for the same blob later. Confined to the node's loop but for what an {@link Opening} holds.
 */
final class OpeningBlobs {

    private final Map<BlobId, Opening> underWay = new HashMap<>();

    /** One opening. What came of it is written and read by the tasks of one blob, which run one after the other. */
    static final class Opening {

        private volatile @Nullable ReceivingBlob opened;

        void opened(ReceivingBlob blob) {
            opened = blob;
        }

        /** What was opened; null if that failed. */
        @Nullable
        ReceivingBlob opened() {
            return opened;
        }
    }

    Opening begin(BlobId blob) {
        Opening opening = new Opening();
        underWay.put(blob, opening);
        return opening;
    }

    /** An opening is over. Whether anyone still waits for it. */
    boolean end(BlobId blob, Opening opening) {
        return underWay.remove(blob, opening);
    }

    /** Nobody waits any more for the blob to be opened; what is under way of that, for the caller to close, or null. */
    @Nullable
    Opening giveUp(BlobId blob) {
        return underWay.remove(blob);
    }
}
