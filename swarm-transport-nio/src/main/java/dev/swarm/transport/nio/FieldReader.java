package dev.swarm.transport.nio;

import dev.swarm.transport.Headers;
import dev.swarm.transport.TransportLimits;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the fields of one head and reads how its body is framed. Confined to the event loop of its connection. */
final class FieldReader {

    /** Largest length that every JSON and JavaScript reader still counts exactly. */
    static final long MAX_CONTENT_LENGTH = 1L << 53;

    /** A body whose length is told chunk by chunk. */
    static final long CHUNKED = -1;
    /** No word about a body. */
    static final long UNSTATED = -2;

    private static final Set<String> SINGLE = Set.of(
            "host",
            "content-length",
            "transfer-encoding",
            "range",
            "content-range",
            "authorization",
            "content-encoding");

    private final Set<String> seen = new HashSet<>();
    private Headers.Builder fields = Headers.builder();

    /** Takes one field line (RFC 9112 section 5). */
    void add(LineReader line) throws HttpFault {
        if (fields.size() == TransportLimits.DEFAULT_MAX_FIELDS) {
            throw new HttpFault(431, "message head has more than " + TransportLimits.DEFAULT_MAX_FIELDS + " fields");
        }
        int colon = line.indexOf(':', 0);
        if (colon < 1) {
            throw new HttpFault(400, "field without a name, or a line folded");
        }
        for (int i = 0; i < colon; i++) {
            if (!isToken(line.at(i))) {
                throw new HttpFault(400, "field name is not a token");
            }
        }
        String name = line.text(0, colon).toLowerCase(Locale.ROOT);
        if (SINGLE.contains(name) && !seen.add(name)) {
            throw new HttpFault(400, "field " + name + " appears twice");
        }
        fields.add(name, value(line, colon + 1));
    }

    /** The fields collected, and a fresh start. */
    Headers take() {
        Headers taken = fields.build();
        fields = Headers.builder();
        seen.clear();
        return taken;
    }

    /** A body's length in bytes, {@link #CHUNKED} or {@link #UNSTATED}. */
    static long framing(Headers headers) throws HttpFault {
        String coding = headers.first("transfer-encoding");
        String length = headers.first("content-length");
        if (coding == null) {
            return length == null ? UNSTATED : parseLength(length);
        }
        if (length != null) {
            throw new HttpFault(400, "both Content-Length and Transfer-Encoding");
        }
        if (!coding.equalsIgnoreCase("chunked")) {
            throw new HttpFault(501, "transfer coding other than chunked");
        }
        return CHUNKED;
    }

    /** Whether the {@code Connection} fields hold {@code close}. */
    static boolean asksToClose(Headers headers) {
        if (headers.first("connection") == null) {
            return false;
        }
        for (String value : headers.all("connection")) {
            for (String option : value.split(",", -1)) {
                if (option.strip().equalsIgnoreCase("close")) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A number of 1 to 16 digits without sign, or -1. */
    static long parseNumber(@Nullable String text) {
        if (text == null || text.isEmpty() || text.length() > 16) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            number = number * 10 + (c - '0');
        }
        return number;
    }

    static boolean isToken(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || (c > 0x20 && c < 0x7F && "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    }

    /** Whether a byte has no place in text; the tab has (RFC 9110 section 5.5). */
    static boolean isControl(int c) {
        return (c < 0x20 && c != '\t') || c == 0x7F;
    }

    private static long parseLength(String text) throws HttpFault {
        long length = parseNumber(text);
        if (length < 0 || length > MAX_CONTENT_LENGTH) {
            throw new HttpFault(400, "Content-Length is not a number of bytes up to 2^53");
        }
        return length;
    }

    private static String value(LineReader line, int from) throws HttpFault {
        int start = from;
        int end = line.length();
        while (start < end && isBlank(line.at(start))) {
            start++;
        }
        while (end > start && isBlank(line.at(end - 1))) {
            end--;
        }
        for (int i = start; i < end; i++) {
            if (isControl(line.at(i))) {
                throw new HttpFault(400, "control byte in a field");
            }
        }
        return line.text(start, end);
    }

    private static boolean isBlank(int c) {
        return c == ' ' || c == '\t';
    }
}
