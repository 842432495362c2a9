package dev.swarm.puddle;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a delegation allows. Immutable.
 *
 * @param untilMillis the key acts for the user until then, in milliseconds since the epoch
 * @param depth how many further keys may stand in the chain below it; 0 if it may not delegate
 */
record Delegation(long untilMillis, int depth) {

    /** Keys between the founder and one that acts: a person, a service of theirs, a job of the service. */
    static final int MAX_CHAIN = 3;

    /** Keys that may act for one user; verifying a signature may try each. */
    static final int MAX_KEYS = 32;

    private static final Pattern FORM = Pattern.compile("(0|[1-9]\\d{0,14}) ([0-9])");

    Delegation {
        if (depth < 0 || depth >= MAX_CHAIN || untilMillis < 0) {
            throw new IllegalArgumentException("delegation has depth " + depth + ", has to be 0 to " + (MAX_CHAIN - 1));
        }
    }

    static Delegation parse(String value) {
        Matcher matcher = FORM.matcher(value);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("delegation has to be '<expiry in milliseconds> <depth>'");
        }
        return new Delegation(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    @Override
    public String toString() {
        return untilMillis + " " + depth;
    }
}
