package dev.swarm.disk;

import java.util.Locale;

/** Writes byte counts for people. */
final class ByteCount {

    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private ByteCount() {}

    /** Three significant digits or so: {@code 512 MiB}, {@code 1.5 GiB}, {@code 0 bytes}. Rounds down. */
    static String text(long bytes) {
        int unit = bytes < 1024 ? 0 : (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        long tenths = unit == 0 ? bytes * 10 : (bytes >> (10 * (unit - 1))) * 10 / 1024;
        return unit < 3
                ? tenths / 10 + " " + UNITS[unit]
                : String.format(Locale.ROOT, "%d.%d %s", tenths / 10, tenths % 10, UNITS[unit]);
    }
}
