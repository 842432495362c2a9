package dev.swarm.peer;

/**
 * Who says that a node may listen at an address, which decides how soon it is tried. Immutable.
 *
 * @param rank the lower, the sooner it is tried
 */
public record HintSource(int rank) {

    /** The operator, in the configuration. */
    public static final HintSource OPERATOR = new HintSource(-1);

    /** Somebody, in this run. */
    public static final HintSource HEARSAY = new HintSource(0);

    /** Those seen within so long of each other are as likely to be there still: an hour. */
    private static final long EQUALLY_OLD_MILLIS = 3_600_000;

    /**
     * An earlier run of this node, to which a peer proved itself there. Of ages that are of one order of magnitude none goes first.
     *
     * @param olderMillis for how long it had not been seen when the peer was that was seen last
     */
    public static HintSource earlierRun(long olderMillis) {
        return new HintSource(1 + Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, olderMillis) / EQUALLY_OLD_MILLIS));
    }

    boolean isOperator() {
        return equals(OPERATOR);
    }

    /** Whether nothing has been heard of the address in this run. */
    boolean isMemory() {
        return rank > HEARSAY.rank;
    }
}
