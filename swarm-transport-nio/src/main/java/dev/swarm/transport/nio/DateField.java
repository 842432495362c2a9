package dev.swarm.transport.nio;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The value of the {@code Date} field, formatted once a second. Safe for many threads. */
final class DateField {

    private static final DateTimeFormatter IMF_FIXDATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private record Formatted(long second, String text) {}

    private final InstantSource clock;
    private volatile Formatted last = new Formatted(Long.MIN_VALUE, "");

    DateField(InstantSource clock) {
        this.clock = clock;
    }

    /** The present in the form of RFC 9110 section 5.6.7. */
    String value() {
        long second = Math.floorDiv(clock.millis(), 1_000L);
        Formatted known = last;
        if (known.second() != second) {
            known = new Formatted(second, IMF_FIXDATE.format(Instant.ofEpochSecond(second)));
            last = known;
        }
        return known.text();
    }
}
