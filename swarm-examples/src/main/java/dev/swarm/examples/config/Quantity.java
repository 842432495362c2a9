package dev.swarm.examples.config;

import dev.swarm.Bandwidth;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes, rates and times as people write them. */
public final class Quantity {

    private static final Pattern FORM = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)\\s*([A-Za-z/]*)");

    private static final Map<String, Long> SIZE_UNITS =
            Map.of("", 1L, "B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);

    private static final Map<String, Long> RATE_UNITS = Map.of(
            "kbit", 125L,
            "Mbit", 125_000L,
            "Gbit", 125_000_000L,
            "B/s", 1L,
            "KiB/s", 1L << 10,
            "MiB/s", 1L << 20,
            "GiB/s", 1L << 30);

    private static final Map<String, Long> TIME_UNITS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    private Quantity() {}

    /**
     * Reads {@code 256MiB}, {@code 1.5GiB} or {@code 4096}.
     *
     * @return bytes
     * @throws IllegalArgumentException naming the value and the units
     */
    public static long bytes(String text) {
        return read(text, SIZE_UNITS, "size", "a number of bytes, or one with KiB, MiB or GiB, as 256MiB");
    }

    /**
     * Reads {@code 500ms}, {@code 5s}, {@code 7d} or {@code 168h}.
     *
     * @throws IllegalArgumentException naming the value and the units
     */
    public static Duration duration(String text) {
        return Duration.ofMillis(read(text, TIME_UNITS, "duration", "a number with ms, s, m, h or d, as 500ms"));
    }

    /**
     * Reads {@code 50%}, {@code 200Mbit}, {@code 10MiB/s} or {@code unlimited}.
     *
     * @throws IllegalArgumentException naming the value and the units
     */
    public static Bandwidth bandwidth(String text) {
        String trimmed = text.strip();
        if (trimmed.equals("unlimited")) {
            return Bandwidth.unlimited();
        }
        if (trimmed.endsWith("%")) {
            String number = trimmed.substring(0, trimmed.length() - 1).strip();
            if (!FORM.matcher(number).matches()) {
                throw new IllegalArgumentException(
                        "bandwidth '" + text + "' cannot be read; write a percentage, as 50%");
            }
            return Bandwidth.percent(Double.parseDouble(number));
        }
        return Bandwidth.bytesPerSecond(
                read(text, RATE_UNITS, "bandwidth", "a share, as 50%, or a rate, as 200Mbit or 10MiB/s, or unlimited"));
    }

    private static long read(String text, Map<String, Long> units, String what, String remedy) {
        Matcher matcher = FORM.matcher(text.strip());
        Long unit = matcher.matches() ? units.get(matcher.group(2)) : null;
        if (unit == null) {
            throw new IllegalArgumentException(what + " '" + text + "' cannot be read; write " + remedy);
        }
        BigDecimal value = new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(unit))
                .setScale(0, RoundingMode.HALF_UP);
        if (value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw new IllegalArgumentException(what + " '" + text + "' is too large; write less");
        }
        return value.longValue();
    }
}
