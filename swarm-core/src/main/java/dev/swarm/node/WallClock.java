package dev.swarm.node;

import java.util.OptionalLong;
import java.util.function.Function;

/**
 * What this node's wall clock is worth. Confined.
 *
 * <p>A machine whose clock is years ahead must not end everything whose retention would be over by then, whether it starts with such a
 * clock or it is set while the node runs.
 */
final class WallClock {

    /** A node without neighbours believes its own clock after this, from the start on and from when it was set forward. */
    private static final long UNSURE_NANOS = 60_000_000_000L;

    private final Function<Moment, OptionalLong> ahead;
    private boolean started;

    /** Since when it has not been set forward. */
    private long steadySince;

    /** Whether it was set forward while the node ran, and not back since. */
    private boolean setForward;

    /** Whether it agreed with the peers' when they were looked at last, and was not set since; from when on. */
    private boolean agreed;

    private long agreedSince;

    /** The wall clock, less the time that the other one counts. */
    private long offsetMillis;

    /** @param ahead by how many milliseconds it is ahead of the peers' at a moment, as far as they have told theirs of late */
    WallClock(Function<Moment, OptionalLong> ahead) {
        this.ahead = ahead;
    }

    /** Notices whether it was set since the last call. */
    void look(Moment now) {
        long offset = now.epochMillis() - now.nanos() / 1_000_000;
        boolean forward = started && offset - offsetMillis > NodeMachine.MAX_AHEAD_MILLIS;
        boolean back = started && offsetMillis - offset > NodeMachine.MAX_AHEAD_MILLIS;
        setForward = forward || (setForward && !back);
        steadySince = started && !forward ? steadySince : now.nanos();
        agreed &= !forward && !back;
        started = true;
        offsetMillis = offset;
    }

    /** What it is worth at a moment, found out when that is asked. */
    Lapses.Clock at(Moment now) {
        return new Lapses.Clock(() -> holds(now), () -> agrees(now));
    }

    /**
     * By how many milliseconds it is too far ahead for what it says to be taken by others; empty if it is not, or if it may be the only
     * peer's that is behind: a wrong clock is not to keep the node beside it from publishing.
     *
     * @param told how many peers have told their time of late
     */
    OptionalLong isWrongBy(Moment now, int told) {
        OptionalLong known = ahead.apply(now);
        boolean ownFault = told > 1 || setForward;
        return known.isPresent() && known.getAsLong() > NodeMachine.MAX_AHEAD_MILLIS && ownFault
                ? known
                : OptionalLong.empty();
    }

    /**
     * Whether it has agreed with the peers' for a minute, and was not set meanwhile; looks at theirs, so it is to be asked each cycle. As
     * many machines as lost power together may all start with a time from before, and are set right soon.
     */
    boolean keepsAgreeing(Moment now) {
        OptionalLong known = ahead.apply(now);
        boolean agrees = known.isPresent() && Math.abs(known.getAsLong()) <= NodeMachine.MAX_AHEAD_MILLIS;
        if (!agrees || !agreed) {
            agreedSince = now.nanos();
        }
        agreed = agrees;
        return agrees && now.nanos() - agreedSince >= UNSURE_NANOS;
    }

    private boolean holds(Moment now) {
        OptionalLong known = ahead.apply(now);
        return known.isPresent()
                ? known.getAsLong() <= NodeMachine.MAX_AHEAD_MILLIS
                : now.nanos() - steadySince >= UNSURE_NANOS;
    }

    /** What others published is ended only by who knows from them that its clock is right. */
    private boolean agrees(Moment now) {
        return ahead.apply(now).isPresent() && holds(now);
    }
}
