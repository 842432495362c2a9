package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AskPaceTest {

    private static final long MILLI = 1_000_000L;

    private final AskPace pace = new AskPace();

    @Test
    void askAt_firstQuestion_isAtOnce() {
        assertThat(pace.askAt()).isLessThan(0);
    }

    @Test
    void askAt_answerWithNews_isAtOnce() {
        pace.asked(0);
        pace.answered(true, 7 * MILLI);

        assertThat(pace.askAt()).isLessThanOrEqualTo(7 * MILLI);
    }

    @Test
    void askAt_answeredAtOnceWithoutNews_isASecondAfterTheQuestion() {
        pace.asked(5 * MILLI);
        pace.answered(false, 6 * MILLI);

        assertThat(pace.askAt()).isEqualTo(5 * MILLI + AskPace.WITHOUT_NEWS_NANOS);
    }

    @Test
    void askAt_heldForLongWithoutNews_isAtOnce() {
        pace.asked(0);
        pace.answered(false, 25_000 * MILLI);

        assertThat(pace.askAt()).isLessThanOrEqualTo(25_000 * MILLI);
    }

    @Test
    void askAt_newsAtOnceEachTime_isTwoHundredTimesASecond() {
        long now = 0;
        int asked = 0;
        while (now < 10_000 * MILLI) {
            pace.asked(now);
            asked++;
            pace.answered(true, now);
            now = Math.max(now, pace.askAt());
        }

        assertThat(asked).isBetween(2_000, 2_201);
    }
}
