package dev.swarm.sim;

import java.util.EnumMap;
import java.util.Map;

/** How often each sight came up. Confined. */
final class SightLog {

    private final Map<Sight, Long> counts = new EnumMap<>(Sight.class);

    void saw(Sight sight) {
        counts.merge(sight, 1L, Long::sum);
    }

    void addAll(SightLog other) {
        other.counts.forEach((sight, count) -> counts.merge(sight, count, Long::sum));
    }

    long count(Sight sight) {
        return counts.getOrDefault(sight, 0L);
    }
}
