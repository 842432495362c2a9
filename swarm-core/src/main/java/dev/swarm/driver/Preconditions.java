package dev.swarm.driver;

import dev.swarm.transport.Headers;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The conditions that a GET or HEAD puts on being answered (RFC 9110 section 13), for content that has one strong tag. Stateless. */
final class Preconditions {

    /** What the conditions come to. */
    enum Verdict {
        /** There are none, or they hold. */
        MET,
        /** The asker has the content: 304. */
        NOT_MODIFIED,
        /** The asker means other content: 412. */
        FAILED
    }

    private static final String WEAK = "W/";

    private Preconditions() {}

    /**
     * Reads If-Match, which compares strongly, and If-None-Match, which compares weakly.
     *
     * @param headers the request's fields
     * @param tag the content's tag with its quotes
     */
    static Verdict check(Headers headers, String tag) {
        if (headers.first("if-match") != null && !anyMatches(headers.all("if-match"), tag, false)) {
            return Verdict.FAILED;
        }
        boolean known = headers.first("if-none-match") != null && anyMatches(headers.all("if-none-match"), tag, true);
        return known ? Verdict.NOT_MODIFIED : Verdict.MET;
    }

    /**
     * The Range field that counts: null if there is none, or If-Range names anything but this tag.
     *
     * @param headers the request's fields
     * @param tag the content's tag with its quotes
     */
    static @Nullable String range(Headers headers, String tag) {
        String range = headers.first("range");
        String condition = range == null ? null : headers.first("if-range");
        return condition == null || condition.equals(tag) ? range : null;
    }

    private static boolean anyMatches(List<String> values, String tag, boolean weakly) {
        return values.stream().anyMatch(value -> value.equals("*") || lists(value, tag, weakly));
    }

    /** Whether a list of tags has this one before anything that is none. */
    private static boolean lists(String value, String tag, boolean weakly) {
        int at = 0;
        while (at < value.length()) {
            if (isBetweenTags(value.charAt(at))) {
                at++;
                continue;
            }
            boolean weak = value.startsWith(WEAK, at);
            int open = weak ? at + WEAK.length() : at;
            int close = value.startsWith("\"", open) ? value.indexOf('"', open + 1) : -1;
            if (close < 0) {
                return false;
            }
            at = close + 1;
            if ((weakly || !weak) && at - open == tag.length() && value.startsWith(tag, open)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isBetweenTags(char c) {
        return c == ',' || c == ' ' || c == '\t';
    }
}
