package dev.swarm.filecast;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class BrokenSeedsTest {

    private final BrokenSeeds seeds = new BrokenSeeds();

    @Test
    void look_seedThatStaysBroken_isSpokenOfOnceAtTheSecondLook() {
        assertThat(seeds.look(Map.of("a", "no terms"))).isEmpty();
        assertThat(seeds.look(Map.of("a", "no terms"))).containsExactly(Map.entry("a", "no terms"));
        assertThat(seeds.look(Map.of("a", "no terms"))).isEmpty();
    }

    @Test
    void look_seedWhoseTermsCameAMomentLater_isNotSpokenOf() {
        seeds.look(Map.of("a", "no terms"));

        assertThat(seeds.look(Map.of())).isEmpty();
    }

    @Test
    void look_otherReason_isSpokenOfToo() {
        seeds.look(Map.of("a", "no terms"));
        seeds.look(Map.of("a", "no terms"));

        assertThat(seeds.look(Map.of("a", "terms are empty"))).isEmpty();
        assertThat(seeds.look(Map.of("a", "terms are empty"))).containsOnlyKeys("a");
    }

    @Test
    void look_brokenAgainAfterItWasWhole_isSpokenOfAgain() {
        seeds.look(Map.of("a", "no terms"));
        seeds.look(Map.of("a", "no terms"));
        seeds.look(Map.of());
        seeds.look(Map.of("a", "no terms"));

        assertThat(seeds.look(Map.of("a", "no terms"))).containsOnlyKeys("a");
    }
}
