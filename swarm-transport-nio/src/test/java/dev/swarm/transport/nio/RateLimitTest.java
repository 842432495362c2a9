package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    @ParameterizedTest
    @ValueSource(longs = {100_000, 1_000_000, 25_000_000, 2_000_000_000})
    void allowance_readersTakeAllTheyGet_sumIsTheRate(long rate) {
        RateLimit limit = new RateLimit(rate);

        long[] read = readFor(limit, 4, 0, 10 * SECOND);

        assertThat(sum(read) / 10.0).isCloseTo((double) rate, Percentage.withPercentage(4));
    }

    @Test
    void allowance_severalReaders_eachGetsItsShare() {
        long[] read = readFor(new RateLimit(1_000_000), 8, 0, 10 * SECOND);

        for (long share : read) {
            assertThat((double) share).isCloseTo(1_250_000, Percentage.withPercentage(10));
        }
    }

    @Test
    void allowance_nothingReadForAnHour_burstIsShort() {
        RateLimit limit = new RateLimit(1_000_000);
        readFor(limit, 1, 0, SECOND);

        long[] read = readFor(limit, 1, 3_600 * SECOND, SECOND);

        assertThat((double) read[0]).isCloseTo(1_000_000, within(40_000.0));
    }

    @Test
    void allowance_readerWakesLate_rateIsKeptAllTheSame() {
        RateLimit limit = new RateLimit(10_000_000);
        ReadPace pace = new ReadPace(limit);
        long total = 0;
        long now = 0;
        while (now < 10 * SECOND) {
            int allowance = pace.allowance(now);
            if (allowance == 0) {
                now = pace.readableAt() + TimeUnit.MILLISECONDS.toNanos(5);
            } else {
                pace.read(allowance);
                total += allowance;
            }
        }

        assertThat(total / 10.0).isCloseTo(10_000_000, Percentage.withPercentage(2));
    }

    @Test
    void set_fasterRateWhileAReaderWaits_readerNeedNotWaitOut() {
        RateLimit limit = new RateLimit(4_096);
        ReadPace pace = new ReadPace(limit);
        pace.read(pace.allowance(0));
        pace.read(pace.allowance(0));
        assertThat(pace.allowance(0)).isZero();

        limit.set(100_000_000);

        assertThat(pace.allowance(1)).isPositive();
    }

    @Test
    void set_noLimit_everythingMayBeRead() {
        RateLimit limit = new RateLimit(1);
        ReadPace pace = new ReadPace(limit);

        limit.set(RateLimit.UNLIMITED);

        assertThat(pace.allowance(0)).isEqualTo(Integer.MAX_VALUE);
    }

    private static long[] readFor(RateLimit limit, int readers, long from, long nanos) {
        List<ReadPace> paces = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            paces.add(new ReadPace(limit));
        }
        long[] read = new long[readers];
        long now = from;
        while (now < from + nanos) {
            boolean any = false;
            for (int i = 0; i < readers; i++) {
                int allowance = paces.get(i).allowance(now);
                paces.get(i).read(allowance);
                read[i] += allowance;
                any |= allowance > 0;
            }
            now = any
                    ? now
                    : paces.stream().mapToLong(ReadPace::readableAt).min().orElseThrow();
        }
        return read;
    }

    private static long sum(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum;
    }
}
