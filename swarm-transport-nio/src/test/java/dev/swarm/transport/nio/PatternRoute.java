package dev.swarm.transport.nio;

import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import dev.swarm.transport.PatternContent;
import dev.swarm.transport.Route;
import java.nio.ByteBuffer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A route with content of known bytes, whole or the one range that is asked for. Stateless. */
final class PatternRoute {

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

    private PatternRoute() {}

    /** Serves {@code length} bytes. */
    static Route of(String path, int length) {
        return Route.get(path, exchange -> answer(exchange, length));
    }

    private static void answer(Exchange exchange, int length) {
        String asked = exchange.headers().first("range");
        Matcher range = RANGE.matcher(asked == null ? "" : asked);
        if (!range.matches()) {
            exchange.respond(200, Headers.empty(), new PatternContent(length));
            return;
        }
        boolean suffix = range.group(1).isEmpty();
        int number = Integer.parseInt(range.group(suffix ? 2 : 1));
        int from = suffix ? Math.max(0, length - number) : number;
        boolean open = suffix || range.group(2).isEmpty();
        int last = open ? length - 1 : Math.min(length - 1, Integer.parseInt(range.group(2)));
        if (from > last) {
            exchange.respond(416, Headers.of("Content-Range", "bytes */" + length), ByteBuffer.allocate(0));
            return;
        }
        exchange.respond(
                206,
                Headers.of("Content-Range", "bytes " + from + "-" + last + "/" + length),
                ByteBuffer.wrap(PatternContent.bytes(from, last - from + 1)));
    }
}
