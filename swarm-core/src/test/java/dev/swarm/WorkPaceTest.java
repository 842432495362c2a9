package dev.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkPaceTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 50);
    private final WorkPace pace = new WorkPace(now::get);

    @Test
    void waitNanos_nothingWrittenYet_isZero() {
        assertThat(pace.waitNanos()).isZero();
    }

    @ParameterizedTest(name = "{0} ns")
    @ValueSource(longs = {0, 1, 1_000, 5_000_000_000L})
    void waitNanos_afterAWriting_isTenTimesItsDurationFromItsStart(long duration) {
        write(duration);

        assertThat(pace.waitNanos()).isEqualTo(9 * duration);
        now.addAndGet(9 * duration);
        assertThat(pace.waitNanos()).isZero();
    }

    @Test
    void waitNanos_writingAsOftenAsAllowed_takesATenthOfTheTime() {
        long from = now.get();
        long spent = 0;
        for (long duration = 1; duration <= 1_000; duration++) {
            write(duration);
            spent += duration;
            now.addAndGet(pace.waitNanos());
        }

        assertThat(now.get() - from).isEqualTo(10 * spent);
    }

    @Test
    void waitNanos_afterALongTurn_isNoMoreThanTheLongest() {
        WorkPace bounded = new WorkPace(now::get, 600);
        bounded.started();
        now.addAndGet(100);
        bounded.ended();

        assertThat(bounded.waitNanos()).isEqualTo(500);
    }

    @Test
    void waitNanos_partOfTheTurnIsLeftOut_isTenTimesTheRestFromThere() {
        pace.started();
        now.addAndGet(100);
        pace.leaveOut(5_000);
        now.addAndGet(5_000);
        pace.ended();

        assertThat(pace.waitNanos()).isEqualTo(900);
    }

    @Test
    void waitNanos_moreIsLeftOutThanTheTurnTook_isZero() {
        pace.started();
        now.addAndGet(100);
        pace.leaveOut(5_000);
        pace.ended();

        assertThat(pace.waitNanos()).isZero();
    }

    @Test
    void tryStart_whileATurnIsUnderWay_isRefused() {
        assertThat(pace.tryStart()).isTrue();
        now.addAndGet(1_000);
        assertThat(pace.tryStart()).isFalse();
        pace.ended();

        assertThat(pace.tryStart()).isFalse();
        now.addAndGet(9_000);
        assertThat(pace.tryStart()).isTrue();
    }

    private void write(long duration) {
        pace.started();
        now.addAndGet(duration);
        pace.ended();
    }
}
