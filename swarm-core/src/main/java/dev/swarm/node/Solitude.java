package dev.swarm.node;

/**
 * Whether this node is in touch with anyone, and how many more others it turns to at once while it is not. Confined.
 *
 * <p>An address where packets are lost takes a place for some seconds. A node whose addresses are all dead would look for the one that is
 * not for as many minutes as it has hundreds of them, so with each that fails it tries one more at once.
 */
final class Solitude {

    /** Others that are tried at once, at most: five attempts a second where packets are lost, less than a page in a browser makes. */
    static final int MOST = 16;

    /**
     * Whoever fails sooner has not kept the others waiting. If these counted, all nodes of a fleet that starts would try more at once, as
     * those that have not started yet refuse, and have half a neighbour more each for minutes.
     */
    private static final long WAIT_NANOS = 1_000_000_000L;

    private int proven;
    private int failures;

    /** Whether no neighbour has proved itself. */
    boolean isAlone() {
        return proven == 0;
    }

    /** Neighbours that proved themselves. */
    int provenNeighbours() {
        return proven;
    }

    /** Others to try at once beyond those that are chosen in any case. */
    int more() {
        return failures;
    }

    /** A neighbour proved itself. */
    void met() {
        proven++;
        failures = 0;
    }

    /** A neighbour that had proved itself is one no longer. */
    void left() {
        proven--;
    }

    /** Somebody did not answer and has been waited for so long. */
    void failed(long waitedNanos) {
        if (isAlone() && waitedNanos >= WAIT_NANOS) {
            failures = Math.min(MOST - Neighbourhood.SOUGHT, failures + 1);
        }
    }
}
