package dev.swarm.manifest;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * How long a blob is kept, from a minute's fraction to for ever. Immutable.
 *
 * <p>Two retentions of the same length are equal and print alike, so {@code 168h} becomes {@code 7d}.
 */
public final class Retention {

    /** Kept until revoked; written {@code 0}. */
    public static final Retention FOREVER = new Retention(0);

    /** What a seed gets whose author says nothing: seven days. */
    public static final Retention DEFAULT = new Retention(Duration.ofDays(7).toSeconds());

    /** Longest retention that is not for ever: a hundred years of 365 days, which fits every date that is derived from it. */
    public static final Duration MAX = Duration.ofDays(36_500);

    private static final int MAX_DIGITS = 10;

    private final long seconds;

    private Retention(long seconds) {
        this.seconds = seconds;
    }

    /**
     * Reads a whole number with its unit, {@code 7d}, {@code 168h}, {@code 30m} or {@code 45s}, or {@code 0} for ever.
     *
     * @throws IllegalArgumentException if {@code text} is anything else, is nothing but zero with a unit, or is longer than
     *     {@link #MAX}
     */
    public static Retention parse(String text) {
        String stripped = text.strip();
        if (stripped.equals("0")) {
            return FOREVER;
        }
        int last = stripped.length() - 1;
        long unit = last < 1 ? 0 : secondsOf(stripped.charAt(last));
        String digits = last < 1 ? "" : stripped.substring(0, last);
        if (unit == 0 || digits.length() > MAX_DIGITS || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw malformed(text);
        }
        long count = Long.parseLong(digits);
        if (count == 0) {
            throw malformed(text);
        }
        return of(Duration.ofSeconds(Math.multiplyExact(count, unit)));
    }

    /**
     * A retention of whole seconds; zero is for ever.
     *
     * @throws IllegalArgumentException if {@code duration} is negative, over {@link #MAX}, or not of whole seconds
     */
    public static Retention of(Duration duration) {
        if (duration.isNegative()
                || duration.compareTo(MAX) > 0
                || !duration.truncatedTo(ChronoUnit.SECONDS).equals(duration)) {
            throw new IllegalArgumentException("retention is " + duration + ", has to be whole seconds up to "
                    + MAX.toDays() + "d; 0 keeps for ever");
        }
        return new Retention(duration.toSeconds());
    }

    /** Whether the blob is kept until it is revoked. */
    public boolean isForever() {
        return seconds == 0;
    }

    /** When it is over if it begins at {@code sinceMillis}, milliseconds since the epoch; {@link Long#MAX_VALUE} for never. */
    public long endMillis(long sinceMillis) {
        return isForever() ? Long.MAX_VALUE : sinceMillis + 1_000 * seconds;
    }

    /** How long, in whole seconds; zero for ever. */
    public Duration duration() {
        return Duration.ofSeconds(seconds);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Retention retention && retention.seconds == seconds;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(seconds);
    }

    /** The length in the largest unit that divides it, as {@link #parse} reads it. */
    @Override
    public String toString() {
        if (seconds == 0) {
            return "0";
        }
        for (char unit : new char[] {'d', 'h', 'm'}) {
            if (seconds % secondsOf(unit) == 0) {
                return seconds / secondsOf(unit) + String.valueOf(unit);
            }
        }
        return seconds + "s";
    }

    private static long secondsOf(char unit) {
        return switch (unit) {
            case 'd' -> 86_400;
            case 'h' -> 3_600;
            case 'm' -> 60;
            case 's' -> 1;
            default -> 0;
        };
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("retention " + Quoted.of(text)
                + " has to be a whole number with d, h, m or s, as 7d or 168h, or 0 to keep for ever");
    }
}
