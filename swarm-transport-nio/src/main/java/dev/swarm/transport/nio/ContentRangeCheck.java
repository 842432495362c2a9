package dev.swarm.transport.nio;

import org.jspecify.annotations.Nullable;

/** Compares the part of a body that was sent with the part that was asked for (RFC 9110 section 14). Stateless. */
final class ContentRangeCheck {

    /** A number that was left out. */
    private static final long NONE = -1;

    /**
     * From where to where, the last byte included.
     *
     * @param first {@link #NONE} if it was left out
     * @param last {@link #NONE} if it was left out
     */
    private record Span(long first, long last) {}

    private ContentRangeCheck() {}

    /**
     * Refuses a 206 that is not a beginning of what was asked.
     *
     * @param asked the request's {@code Range}
     * @param sent the response's {@code Content-Range}
     * @param length bytes of the body, negative if unstated
     */
    static void check(@Nullable String asked, @Nullable String sent, long length) throws HttpFault {
        Span wanted = asked == null ? null : span(asked, "bytes=");
        int slash = sent == null ? -1 : sent.indexOf('/');
        Span given = sent == null || slash < 0 ? null : span(sent.substring(0, slash), "bytes ");
        String size = sent == null ? "" : sent.substring(slash + 1);
        long total = size.equals("*") ? NONE : FieldReader.parseNumber(size);
        boolean sized = total >= 0 || size.equals("*");
        if (wanted == null || given == null || given.first == NONE || given.last == NONE || !sized) {
            throw new HttpFault(502, "partial response that was not asked for, or does not say which part it is");
        }
        boolean consistent = given.first <= given.last
                && (total < 0 || given.last < total)
                && (length < 0 || length == given.last - given.first + 1);
        if (!consistent || !matches(wanted, given, total)) {
            throw new HttpFault(502, "partial response is another part than was asked for");
        }
    }

    private static boolean matches(Span wanted, Span given, long total) {
        if (wanted.first == NONE) {
            return wanted.last > 0 && given.last - given.first < wanted.last && (total < 0 || given.last == total - 1);
        }
        return given.first == wanted.first && (wanted.last == NONE || given.last <= wanted.last);
    }

    /** Two numbers of at most 16 digits with a dash between, each of which may be left out; null for anything else. */
    private static @Nullable Span span(String text, String unit) {
        int dash = text.startsWith(unit) ? text.indexOf('-', unit.length()) : -1;
        if (dash < 0) {
            return null;
        }
        String first = text.substring(unit.length(), dash);
        String last = text.substring(dash + 1);
        Span span = new Span(FieldReader.parseNumber(first), FieldReader.parseNumber(last));
        boolean numbers = (first.isEmpty() || span.first >= 0) && (last.isEmpty() || span.last >= 0);
        return numbers ? span : null;
    }
}
