package dev.swarm.driver;

import dev.swarm.SwarmException;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.disk.DiskGate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks after the local store once a cycle. Blocks on the disk; used by one thread at a time. */
final class StoreKeeper {

    /** How long a revoked seed lies in the graveyard. */
    static final Duration GRAVEYARD = Duration.ofDays(7);

    private static final Logger log = LoggerFactory.getLogger(StoreKeeper.class);

    private final BlobCache blobs;

    StoreKeeper(BlobCache blobs) {
        this.blobs = blobs;
    }

    /** What is complete, with the times of completion. */
    Map<BlobId, Long> complete() {
        return list(blobs::complete);
    }

    /** Of what there are partial copies. */
    List<BlobId> partial() {
        return list(blobs::partial);
    }

    private interface Listing<T> {
        T get() throws IOException;
    }

    private <T> T list(Listing<T> listing) {
        try {
            return listing.get();
        } catch (IOException e) {
            throw new SwarmException(
                    SwarmException.Reason.STORAGE,
                    "cannot list " + blobs.contentDirectory() + ": " + e.getMessage() + "; check the disk",
                    e);
        }
    }

    /**
     * Lists a file as a complete blob; where that takes a copy, only if there is room for it.
     *
     * @throws SwarmException with reason DISK_PRESSURE if there is not
     */
    BlobCache.Seeded addSeed(Path file, DiskGate disk) throws IOException {
        if (!blobs.copiesSeeds()) {
            return blobs.addSeed(file);
        }
        long size = Files.size(file);
        try (DiskGate.Reservation room = disk.reserve(blobs.contentDirectory(), size, 0)) {
            BlobCache.Seeded seeded = blobs.addSeed(file);
            room.written(size);
            return seeded;
        }
    }

    /** Deletes what has lain in the graveyard for its time. */
    void purgeGraveyard(long epochMillis) {
        try {
            int purged = blobs.purgeGraveyard(epochMillis - GRAVEYARD.toMillis());
            if (purged > 0) {
                log.info("{} blobs that lay in the graveyard for {} days are deleted", purged, GRAVEYARD.toDays());
            }
        } catch (IOException e) {
            log.warn("cannot clear the graveyard: {}", e.toString());
        }
    }
}
