package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrowdTest {

    private final Crowd crowd = new Crowd();

    @Test
    void size_nobodyHeard_isOne() {
        assertThat(crowd.size(0, 10)).isEqualTo(1);
    }

    @Test
    void size_sameAnnouncerOften_countsOnce() {
        for (int i = 0; i < 100; i++) {
            crowd.heard(7, 100, i);
        }

        assertThat(crowd.size(100, 1_000)).isEqualTo(2);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void size_anyoneAtAnyTime_forgetsWhoWasNotHeardForLong(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Long, Long> model = new HashMap<>();
        for (long now = 0; now < 20_000; now++) {
            long announcer = 1 + random.nextLong(3_000);
            crowd.heard(announcer, 100, now);
            model.put(announcer, now);
        }
        long heardLately =
                model.values().stream().filter(at -> 30_000 - at <= 15_000).count();

        assertThat(crowd.size(30_000, 15_000)).isEqualTo((int) heardLately + 1);
    }

    @Test
    void size_moreThanItTellsApart_staysAtTheLimit() {
        for (long announcer = 1; announcer <= 2L * Crowd.MAX_ANNOUNCERS; announcer++) {
            crowd.heard(announcer * 0x1_0000_0001L, 100, 0);
        }

        assertThat(crowd.size(0, 10)).isEqualTo(Crowd.MAX_ANNOUNCERS + 1);
    }

    @Test
    void meanBytes_sizesChange_followsWithHeaders() {
        for (int i = 0; i < 200; i++) {
            crowd.heard(1, 500, i);
        }

        assertThat(crowd.meanBytes()).isCloseTo(528, within(1.0));
    }
}
