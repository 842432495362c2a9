package dev.swarm.transport.nio;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compares the part of a body that was sent with the part that was asked for (RFC 9110 section 14). Stateless. */
final class ContentRangeCheck {

    private static final Pattern ASKED = Pattern.compile("bytes=(\\d{0,16})-(\\d{0,16})");
    private static final Pattern SENT = Pattern.compile("bytes (\\d{1,16})-(\\d{1,16})/(\\d{1,16}|\\*)");

    private ContentRangeCheck() {}

    /**
     * Refuses a 206 that is not a beginning of what was asked.
     *
     * @param asked the request's {@code Range}
     * @param sent the response's {@code Content-Range}
     * @param length bytes of the body, negative if unstated
     */
    static void check(@Nullable String asked, @Nullable String sent, long length) throws HttpFault {
        Matcher wanted = ASKED.matcher(asked == null ? "" : asked);
        Matcher given = SENT.matcher(sent == null ? "" : sent);
        if (!wanted.matches() || !given.matches()) {
            throw new HttpFault(502, "partial response that was not asked for, or does not say which part it is");
        }
        long first = FieldReader.parseNumber(given.group(1));
        long last = FieldReader.parseNumber(given.group(2));
        long total = FieldReader.parseNumber(given.group(3));
        boolean consistent = first <= last && (total < 0 || last < total) && (length < 0 || length == last - first + 1);
        if (!consistent || !matches(wanted, first, last, total)) {
            throw new HttpFault(502, "partial response is another part than was asked for");
        }
    }

    private static boolean matches(Matcher wanted, long first, long last, long total) {
        long from = FieldReader.parseNumber(wanted.group(1));
        long to = FieldReader.parseNumber(wanted.group(2));
        if (from < 0) {
            return to > 0 && last - first < to && (total < 0 || last == total - 1);
        }
        return first == from && (to < 0 || last <= to);
    }
}
