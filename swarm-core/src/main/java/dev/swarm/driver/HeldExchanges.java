package dev.swarm.driver;

import dev.swarm.transport.Exchange;
import dev.swarm.transport.Headers;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** Requests that the machine answers, at once or later, by the numbers that it knows them by. Confined to the node's loop. */
final class HeldExchanges {

    static final Headers CONTENT = Headers.of("content-type", "application/octet-stream");

    private final Map<Long, Exchange> exchanges = new HashMap<>();
    private long next = 1;

    /** Keeps an exchange until it is answered; its number. */
    long keep(Exchange exchange) {
        long number = next++;
        exchanges.put(number, exchange);
        return number;
    }

    /** Whoever asked went away. */
    void forget(long number) {
        exchanges.remove(number);
    }

    /** Answers, if whoever asked is still there. */
    void answer(long number, Headers headers, ByteBuffer body) {
        Exchange exchange = exchanges.remove(number);
        if (exchange != null) {
            exchange.respond(200, headers, body);
        }
    }
}
