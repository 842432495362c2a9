package dev.swarm.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SwarmSimulationTest {

    static LongStream seeds() {
        return Simulation.seeds(300, 2_000, 20_000);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void run_anySeed_holds(long seed) {
        Scenario scenario = Scenario.of(seed);
        FaultRun.Outcome outcome = FaultRun.of(scenario);
        assertThat(outcome.violation()).as("%s", scenario.acts()).isNull();
    }
}
