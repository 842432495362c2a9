package dev.swarm.driver;

import dev.swarm.blob.BlobId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.event.Level;

/** What the store could not do for which blob, so that the log has it once and not with each try. Safe for many threads. */
final class StoreTroubles {

    /** More are forgotten, and said again: blobs that are revoked while they fail are not taken out. */
    private static final int MOST = 4_096;

    private final Map<BlobId, String> last = new ConcurrentHashMap<>();

    /** How loud to say why something failed for a blob: aloud unless it was the same the last time. */
    Level level(BlobId blob, String why) {
        if (last.size() >= MOST) {
            last.clear();
        }
        return why.equals(last.put(blob, why)) ? Level.DEBUG : Level.WARN;
    }

    /** The blob came in whole, or is wanted no longer. */
    void over(BlobId blob) {
        last.remove(blob);
    }
}
