package dev.swarm.transport.nio;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request target in origin-form, percent-decoded exactly once. Immutable.
 *
 * @param path the path, starting with a slash
 * @param query the first value of each parameter
 */
record RequestTarget(String path, Map<String, String> query) {

    private static final String UNRESERVED_AND_DELIMITERS = "-._~!$&'()*+,;=:@/?%";

    /** Keeps the order of the parameters. */
    RequestTarget {
        query = query.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(query));
    }

    /** Reads a target, or refuses it with 400. */
    static RequestTarget parse(String raw) throws HttpFault {
        if (!raw.startsWith("/")) {
            throw new HttpFault(400, "request target is not in origin-form");
        }
        for (int i = 0; i < raw.length(); i++) {
            if (!isAllowed(raw.charAt(i))) {
                throw new HttpFault(400, "request target has a character that has to be percent-encoded");
            }
        }
        int mark = raw.indexOf('?');
        String path = decode(mark < 0 ? raw : raw.substring(0, mark), true);
        refuseDotSegments(path);
        return new RequestTarget(path, mark < 0 ? Map.of() : parseQuery(raw.substring(mark + 1)));
    }

    private static void refuseDotSegments(String path) throws HttpFault {
        if (!path.contains("/.")) {
            return;
        }
        for (String segment : path.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                throw new HttpFault(400, "request target has a dot segment");
            }
        }
    }

    private static Map<String, String> parseQuery(String query) throws HttpFault {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&", -1)) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decode(equals < 0 ? pair : pair.substring(0, equals), false);
                parameters.putIfAbsent(name, equals < 0 ? "" : decode(pair.substring(equals + 1), false));
            }
        }
        return parameters;
    }

    private static String decode(String text, boolean inPath) throws HttpFault {
        if (text.indexOf('%') < 0) {
            return text;
        }
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '%') {
                decoded.write(c);
                continue;
            }
            int octet = octet(text, i + 1);
            if (octet < 0x20 || octet == 0x7F || (inPath && (octet == '/' || octet == '\\'))) {
                throw new HttpFault(400, "request target has an encoded separator or control byte");
            }
            decoded.write(octet);
            i += 2;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new HttpFault(400, "request target is not UTF-8");
        }
    }

    private static int octet(String text, int from) throws HttpFault {
        int high = from < text.length() ? Character.digit(text.charAt(from), 16) : -1;
        int low = from + 1 < text.length() ? Character.digit(text.charAt(from + 1), 16) : -1;
        if (high < 0 || low < 0) {
            throw new HttpFault(400, "request target has a percent sign without two hexadecimal digits");
        }
        return high * 16 + low;
    }

    private static boolean isAllowed(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || UNRESERVED_AND_DELIMITERS.indexOf(c) >= 0;
    }
}
