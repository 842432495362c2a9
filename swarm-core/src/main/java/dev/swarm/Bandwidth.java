package dev.swarm;

import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;

/** How much of a machine's line downloads may take. Immutable. */
public sealed interface Bandwidth {

    /**
     * Least rate that can be asked for, in bytes per second. Below it a download from several peers at once gets less on some
     * connection than the 4 KiB/s under which peers cut it.
     */
    long MIN_BYTES_PER_SECOND = 64 * 1024;

    /** Downloads take what they can get. */
    static Bandwidth unlimited() {
        return new Unlimited();
    }

    /** A share of the line's nominal speed, over 0 to 100. A line whose speed the system does not tell is not limited. */
    static Bandwidth percent(double share) {
        return new Share(share);
    }

    /** A fixed rate, at least {@link #MIN_BYTES_PER_SECOND}. */
    static Bandwidth bytesPerSecond(long rate) {
        return new Rate(rate);
    }

    /**
     * The rate this comes to.
     *
     * @param line speed of the line in bytes per second, if it is known
     * @return bytes per second, or 0 for no limit
     */
    long on(OptionalLong line);

    /** No limit. */
    record Unlimited() implements Bandwidth {

        @Override
        public long on(OptionalLong line) {
            Objects.requireNonNull(line, "line");
            return 0;
        }

        @Override
        public String toString() {
            return "unlimited";
        }
    }

    /** A share of the line. */
    record Share(double percent) implements Bandwidth {

        /** Checks the share. */
        public Share {
            if (!(percent > 0 && percent <= 100)) {
                throw new IllegalArgumentException("bandwidth is " + percent + " %, has to be over 0 and at most 100");
            }
        }

        @Override
        public long on(OptionalLong line) {
            Objects.requireNonNull(line, "line");
            return line.isPresent() ? Math.max(MIN_BYTES_PER_SECOND, Math.round(line.getAsLong() * percent / 100)) : 0;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.4g %%", percent);
        }
    }

    /** A rate in bytes per second. */
    record Rate(long bytesPerSecond) implements Bandwidth {

        /** Checks the rate. */
        public Rate {
            if (bytesPerSecond < MIN_BYTES_PER_SECOND) {
                throw new IllegalArgumentException(
                        "bandwidth is " + bytesPerSecond + " bytes/s, has to be at least " + MIN_BYTES_PER_SECOND);
            }
        }

        @Override
        public long on(OptionalLong line) {
            Objects.requireNonNull(line, "line");
            return bytesPerSecond;
        }

        @Override
        public String toString() {
            return bytesPerSecond + " bytes/s";
        }
    }
}
