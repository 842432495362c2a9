package dev.swarm.node;

import org.jspecify.annotations.Nullable;

/**
 * How near a transfer's run came to the best that this node can do, as far as the node itself can tell. Immutable.
 *
 * @param ratio how long the run took, as a multiple of what the same bytes take at the best rate that this node had over any
 *     second, or over the run, at least 1; 0 while nothing has come
 * @param bound what most of the run's time went by; null before the run has taken any
 * @param duplicateBytes what came in more than once
 */
public record TransferPace(double ratio, @Nullable Bound bound, long duplicateBytes) {

    /** Of a transfer that has not begun. */
    public static final TransferPace NONE = new TransferPace(0, null, 0);

    /** What a transfer waits for. */
    public enum Bound {
        /** Nothing was asked for: nobody who could be asked had anything that was missing, or it was others' turn with it. */
        SEEDER,
        /** What was asked for came more slowly than this node can take it: the other ends' lines, or what lies between. */
        PEERS,
        /** Bytes came within a tenth or so of the best rate of this node. */
        DOWNLINK,
        /** What had come waited to be checked and written, so that nothing more was let in; or the whole was. */
        DISK
    }
}
