package dev.swarm.node;

/**
 * How far a blob's transfer has come.
 *
 * <pre>
 * WAITING -> TREE -> OPENING -> FETCHING -> COMMITTING -> DONE
 * </pre>
 *
 * Every phase but the last may fall back to WAITING.
 */
public enum TransferPhase {
    /** No run is under way: for want of a peer, of room, or until its time comes. */
    WAITING,
    /** The leaf hashes are being fetched. */
    TREE,
    /** Room is being reserved, and what is left of an earlier run hashed. */
    OPENING,
    /** Leaves are coming in. */
    FETCHING,
    /** Every leaf is here; the whole is being checked and put in place. */
    COMMITTING,
    /** The blob is complete. */
    DONE;

    boolean mayBecome(TransferPhase next) {
        return switch (this) {
            case WAITING -> next == TREE || next == DONE;
            case TREE -> next == OPENING || next == WAITING || next == DONE;
            case OPENING -> next == FETCHING || next == WAITING || next == DONE;
            case FETCHING -> next == COMMITTING || next == WAITING || next == DONE;
            case COMMITTING -> next == DONE || next == WAITING;
            case DONE -> false;
        };
    }
}
