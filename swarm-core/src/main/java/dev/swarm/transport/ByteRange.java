package dev.swarm.transport;

import org.jspecify.annotations.Nullable;

/**
 * The bytes that a request asks for by its Range field (RFC 9110 section 14.2). Immutable.
 *
 * @param offset first byte
 * @param length how many
 */
public record ByteRange(long offset, long length) {

    private static final String UNIT = "bytes=";

    /** More digits than that, without zeros in front, are beyond every representation. */
    private static final int MAX_DIGITS = 18;

    /** What a Range field means for a representation of a certain size. */
    public enum Verdict {
        /** There is no range to honour: the whole is meant. */
        WHOLE,
        /** One range within the size. */
        PART,
        /** A well-formed range that lies outside: 416. */
        UNSATISFIABLE
    }

    /**
     * A verdict, and the range if there is one.
     *
     * @param verdict what is meant
     * @param range the bytes, for PART only
     */
    public record Selection(Verdict verdict, @Nullable ByteRange range) {}

    private static final Selection WHOLE = new Selection(Verdict.WHOLE, null);
    private static final Selection UNSATISFIABLE = new Selection(Verdict.UNSATISFIABLE, null);

    /**
     * Reads a Range field. Several ranges, other units and malformed values are passed over, as the RFC allows: the whole is
     * meant.
     *
     * @param field the field's value, or null for none
     * @param size the representation's size in bytes
     */
    public static Selection select(@Nullable String field, long size) {
        if (field == null || !field.regionMatches(true, 0, UNIT, 0, UNIT.length())) {
            return WHOLE;
        }
        String spec = field.substring(UNIT.length()).strip();
        int dash = spec.indexOf('-');
        if (dash < 0
                || !isNumber(spec.substring(0, dash))
                || !isNumber(spec.substring(dash + 1))
                || spec.length() == 1) {
            return WHOLE;
        }
        return dash == 0 ? suffix(number(spec.substring(1)), size) : range(spec, dash, size);
    }

    private static Selection range(String spec, int dash, long size) {
        long first = number(spec.substring(0, dash));
        boolean open = dash == spec.length() - 1;
        long last = open ? Long.MAX_VALUE : number(spec.substring(dash + 1));
        if (last < first) {
            return WHOLE;
        }
        if (first >= size) {
            return UNSATISFIABLE;
        }
        return new Selection(Verdict.PART, new ByteRange(first, Math.min(last, size - 1) - first + 1));
    }

    private static Selection suffix(long count, long size) {
        if (count == 0 || size == 0) {
            return UNSATISFIABLE;
        }
        long length = Math.min(count, size);
        return new Selection(Verdict.PART, new ByteRange(size - length, length));
    }

    /** Empty counts: an end may be left out. */
    private static boolean isNumber(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    private static long number(String digits) {
        int zeros = 0;
        while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
            zeros++;
        }
        return digits.length() - zeros > MAX_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits.substring(zeros));
    }
}
