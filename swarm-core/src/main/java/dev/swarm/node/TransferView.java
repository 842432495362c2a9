package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;

/**
 * A transfer as of one moment. Immutable.
 *
 * @param blob which
 * @param layout its size
 * @param phase how far it has come
 * @param chunksHeld chunks that are here and verified
 * @param reason why the last run ended, or why none begins; empty if it did not
 * @param skippedForDisk whether it waits for room on the disk
 * @param stalled whether nothing has come for ten seconds or longer for another reason than that
 * @param sources who gave what
 */
public record TransferView(
        BlobId blob,
        BlobLayout layout,
        TransferPhase phase,
        int chunksHeld,
        String reason,
        boolean skippedForDisk,
        boolean stalled,
        SourceReport sources) {

    /** Whether it has begun: content comes in, or some is here. One that waits for room on the disk is not under way. */
    public boolean isUnderWay() {
        boolean receiving = phase == TransferPhase.FETCHING || phase == TransferPhase.COMMITTING;
        return !skippedForDisk && (receiving || chunksHeld > 0);
    }
}
