package dev.swarm.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistanceTest {

    private static final long MICRO = 1_000L;

    @ParameterizedTest(name = "{0} µs beside {1} µs: {2}")
    @CsvSource({
        "42000,  2000, true",
        "27000,   200, true",
        "24000,   200, false",
        "80000, 40000, false",
        "    0,  2000, false",
        "42000,     0, false",
    })
    void isFar_roundTripBesideTheShortest_needsToBeManyTimesAndMuchLonger(long roundTrip, long nearest, boolean far) {
        assertThat(Distance.isFar(roundTrip * MICRO, nearest * MICRO)).isEqualTo(far);
    }
}
