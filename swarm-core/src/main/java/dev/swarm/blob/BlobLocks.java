package dev.swarm.blob;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/** One lock for each blob that is being changed. Reentrant, safe for many threads. */
final class BlobLocks {

    private final Object lock = new Object();
    private final Map<BlobId, Held> held = new HashMap<>();

    /** Waits for the blob's lock. */
    Held lock(BlobId id) {
        Held mine;
        synchronized (lock) {
            mine = held.computeIfAbsent(id, Held::new);
            mine.users++;
        }
        mine.blob.lock();
        return mine;
    }

    /** A blob's lock while it is wanted. */
    final class Held {

        private final BlobId id;
        private final ReentrantLock blob = new ReentrantLock();
        private int users;

        private Held(BlobId id) {
            this.id = id;
        }

        /** Gives the lock back. */
        void unlock() {
            blob.unlock();
            synchronized (lock) {
                users--;
                if (users == 0) {
                    held.remove(id);
                }
            }
        }
    }
}
