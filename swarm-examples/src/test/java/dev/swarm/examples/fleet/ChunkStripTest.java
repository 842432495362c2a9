package dev.swarm.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.examples.fleet.ChunkStrip.Run;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChunkStripTest {

    @Test
    void chunks_ofOneSourceBesideEachOther_areOneRun() {
        ChunkStrip strip = new ChunkStrip();
        strip.add(0, "cached");
        strip.add(1, "cached");
        strip.add(2, "10.0.0.1:1531");
        strip.add(5, "cached");

        assertThat(strip.runs())
                .containsExactly(
                        new Run("cached", 2), new Run("10.0.0.1:1531", 1), new Run("", 2), new Run("cached", 1));
    }

    @Test
    void chunks_thatWereThereOrLieOutside_areLeftOut() {
        ChunkStrip strip = new ChunkStrip();
        strip.add(1, "a");
        strip.add(1, "b");
        strip.add(-1, "c");
        strip.add(Long.MAX_VALUE, "d");

        assertThat(strip.runs()).containsExactly(new Run("", 1), new Run("a", 1));
    }

    @Test
    void manyRuns_areToldAsFewThatCoverTheSameChunks() {
        ChunkStrip strip = new ChunkStrip();
        for (int i = 0; i < 20_000; i++) {
            strip.add(i, i % 2 == 0 ? "a" : "b");
        }

        List<Run> runs = strip.runs();

        assertThat(runs).hasSizeBetween(2, ChunkStrip.MAX_RUNS + 1);
        assertThat(runs.stream().mapToLong(Run::chunks).sum()).isEqualTo(20_000);
    }

    @Test
    void report_ofWhateverForm_givesRunsOrNothing() {
        Map<String, ?> told = FleetTraits.read("{\"chunk_details\":{\"x\":[{\"chunk\":0,\"source\":\"s\",\"ms\":1},7,"
                + "{\"chunk\":\"1\",\"source\":[]}],\"y\":3}}");

        assertThat(told.get("chunk_details")).isEqualTo(Map.of("x", List.of(new Run("s", 1)), "y", List.of()));
        assertThat(FleetTraits.read("{\"chunk_details\":[").keySet()).isEmpty();
    }
}
