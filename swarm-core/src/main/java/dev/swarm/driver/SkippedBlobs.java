package dev.swarm.driver;

import dev.swarm.blob.BlobId;
import dev.swarm.node.TransferView;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which blobs wait for room on the disk: once when that begins and once when it is over, however often each is tried meanwhile.
 * Remembers no more than there are transfers. Confined to the node's loop.
 */
final class SkippedBlobs {

    private static final Logger log = LoggerFactory.getLogger(SkippedBlobs.class);

    private final BiConsumer<BlobId, String> begins;
    private final Consumer<BlobId> ends;
    private Set<BlobId> skipped = Set.of();

    /**
     * Tells somebody.
     *
     * @param begins told of a blob, and why, when it has to wait
     * @param ends told of a blob that has to wait no longer
     */
    SkippedBlobs(BiConsumer<BlobId, String> begins, Consumer<BlobId> ends) {
        this.begins = begins;
        this.ends = ends;
    }

    /** Tells the log. */
    static SkippedBlobs logged() {
        return new SkippedBlobs(
                (blob, why) -> log.warn("blob {} skipped: {}; it is tried again every cycle", blob, why),
                blob -> log.info("blob {} is skipped no longer", blob));
    }

    /** Looks at all transfers that are not done. */
    void look(List<TransferView> transfers) {
        Set<BlobId> present = new HashSet<>();
        for (TransferView transfer : transfers) {
            if (transfer.skippedForDisk()) {
                present.add(transfer.blob());
                if (!skipped.contains(transfer.blob())) {
                    begins.accept(transfer.blob(), transfer.reason());
                }
            }
        }
        for (BlobId blob : skipped) {
            if (!present.contains(blob)) {
                ends.accept(blob);
            }
        }
        skipped = present;
    }
}
