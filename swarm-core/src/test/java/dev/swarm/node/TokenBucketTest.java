package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {

    private static final long SECOND = 1_000_000_000L;

    private final TokenBucket bucket = new TokenBucket(10, 2);

    @Test
    void tryDraw_moreThanItHolds_takesNothing() {
        assertThat(bucket.tryDraw(8, 0)).isTrue();
        assertThat(bucket.tryDraw(3, 0)).isFalse();
        assertThat(bucket.tryDraw(2, 0)).isTrue();
    }

    @Test
    void holds_afterAWhile_refillsUpToItsCapacity() {
        bucket.tryDraw(10, 0);

        assertThat(bucket.holds(3, SECOND)).isFalse();
        assertThat(bucket.holds(3, 3 * SECOND / 2)).isTrue();
        assertThat(bucket.holds(10.1, 100 * SECOND)).isFalse();
    }

    @Test
    void draw_moreThanItHolds_isPaidBackFirst() {
        bucket.draw(1_000, 0);

        assertThat(bucket.holds(1, 5 * SECOND)).isFalse();
        assertThat(bucket.holds(1, 6 * SECOND)).isTrue();
    }

    @Test
    void whenHolds_empty_isTheMomentItHolds() {
        bucket.tryDraw(10, 0);
        long when = bucket.whenHolds(1, 0);

        assertThat(when).isBetween(SECOND / 2, SECOND / 2 + 2);
        assertThat(bucket.holds(1, when)).isTrue();
    }
}
