package dev.swarm.examples.view;

import java.time.Duration;
import java.util.Locale;

/** Figures as people read them. */
public final class HumanText {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

    private HumanText() {}

    /** As {@code 1.5 MiB}. */
    public static String bytes(long count) {
        double value = count;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? count + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    /** As {@code 3d 4h}, {@code 5m 10s} or {@code 7s}. */
    public static String duration(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + "m " + seconds % 60 + "s";
        }
        return seconds < 86_400
                ? seconds / 3_600 + "h " + seconds % 3_600 / 60 + "m"
                : seconds / 86_400 + "d " + seconds % 86_400 / 3_600 + "h";
    }
}
