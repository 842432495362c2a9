package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateWatchTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final RateWatch watch = new RateWatch(Duration.ofSeconds(30), 1_000);

    @Test
    void isTooSlow_beforeTheWindowEnds_isFalse() {
        watch.start(0, 0);

        assertThat(watch.isTooSlow(30 * SECOND - 1, 0)).isFalse();
    }

    @Test
    void isTooSlow_fewerBytesThanTheRate_isTrue() {
        watch.start(0, 500);

        assertThat(watch.isTooSlow(30 * SECOND, 500 + 29_999)).isTrue();
    }

    @Test
    void isTooSlow_enoughBytes_startsTheNextWindow() {
        watch.start(0, 0);

        assertThat(watch.isTooSlow(30 * SECOND, 30_000)).isFalse();
        assertThat(watch.end()).isEqualTo(60 * SECOND);
        assertThat(watch.isTooSlow(60 * SECOND, 30_001)).isTrue();
    }

    @Test
    void isTooSlow_stopped_isFalse() {
        watch.start(0, 0);
        watch.stop();

        assertThat(watch.isTooSlow(100 * SECOND, 0)).isFalse();
    }
}
