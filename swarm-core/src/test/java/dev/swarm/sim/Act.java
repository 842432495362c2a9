package dev.swarm.sim;

import java.util.Locale;

/**
 * One thing that is done to a fleet, with all that it needs, so that the others stay what they are when it is left out.
 *
 * @param kind what
 * @param at when, in virtual seconds
 * @param until when it is over, for what lasts
 * @param node to whom
 * @param other a second node, or one bit for each
 * @param blob which of the scenario's blobs
 * @param amount how much
 */
record Act(Kind kind, double at, double until, int node, int other, int blob, long amount) implements Comparable<Act> {

    /** What may be done. */
    enum Kind {
        PUBLISH,
        PUBLISH_FOR_SOME,
        PUBLISH_FOR_A_WHILE,
        REVOKE,
        END_BY_OPERATOR,
        BAN_BY_OPERATOR,
        CRASH,
        CRASH_IN_EFFECT,
        CRASH_IN_DISK_CHANGE,
        ROT,
        LOSE_BLOB,
        TAKE_ROOM,
        FILL_DISK,
        FAIL_DISK,
        SLOW_DISK,
        CUT,
        ONE_WAY,
        PARTITION,
        LOSE_DATAGRAMS,
        LOSE_MESSAGES,
        COPY_DATAGRAMS,
        DELAY,
        SET_CLOCK,
        DRIFT,
        PRUNE,
        JOIN_LATE,
        FORGE,
        SERVE_FALSE,
        SERVE_SHORT,
        SERVE_LATE,
        SERVE_NEVER,
        CLAIM_ALL,
        REFUSE_TREE,
        INVENT_PEERS;

        /** Whether a member does it that does not keep to the rules. */
        boolean isMalice() {
            return compareTo(FORGE) >= 0;
        }
    }

    @Override
    public int compareTo(Act act) {
        return Double.compare(at, act.at);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%7.3f s  %s node-%d%s%s%s",
                at,
                kind,
                node,
                until > at ? String.format(Locale.ROOT, " until %.3f s", until) : "",
                other == 0 ? "" : " with " + other,
                kind.compareTo(Kind.BAN_BY_OPERATOR) <= 0 || kind == Kind.LOSE_BLOB
                        ? " blob " + blob
                        : amount == 0 ? "" : " amount " + amount);
    }
}
