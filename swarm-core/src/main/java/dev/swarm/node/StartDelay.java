package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.peer.PeerId;

/** How long a node waits before it fetches what it is to have, so that many do not fall on one seeder in the same moment. Stateless. */
final class StartDelay {

    private static final long NANOS_PER_NODE = 10_000_000L;

    private static final long MOST_NANOS = 1_000_000_000L;

    /** Nor is it longer than this and what the blob takes at 1 GB/s: a small one would wait longer than it takes. */
    private static final long MOST_NANOS_OF_NOTHING = 20_000_000L;

    private static final long MOST_NANOS_PER_BYTE = 1;

    private StartDelay() {}

    /** In nanoseconds; the same for the same node and blob, so that a restart does not draw again. */
    static long of(PeerId self, BlobId blob, long size, int peers) {
        long most = Math.min(MOST_NANOS, MOST_NANOS_OF_NOTHING + MOST_NANOS_PER_BYTE * size);
        long span = Math.min(most, NANOS_PER_NODE * peers);
        long mixed = (self.host().hashCode() * 0x9e3779b97f4a7c15L) ^ blob.d();
        mixed = (mixed ^ (mixed >>> 32)) * 0xbf58476d1ce4e5b9L;
        return (long) ((mixed >>> 11) * 0x1.0p-53 * span);
    }
}
