package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HybridTimestampTest {

    @ParameterizedTest
    @CsvSource({"0,0", "1,65535", "1767225600000,7", "281474976710655,65535"})
    void of_anyPartsInRange_givesThemBack(long epochMillis, int counter) {
        HybridTimestamp timestamp = HybridTimestamp.of(epochMillis, counter);

        assertThat(timestamp.epochMillis()).isEqualTo(epochMillis);
        assertThat(timestamp.counter()).isEqualTo(counter);
    }

    @ParameterizedTest
    @CsvSource({"-1,0", "281474976710656,0", "0,-1", "0,65536"})
    void of_partOutOfRange_throws(long epochMillis, int counter) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HybridTimestamp.of(epochMillis, counter))
                .withMessageContaining("must be 0 to");
    }

    @Test
    void compareTo_millisWithTopBitSet_comesAfterSmallerMillis() {
        HybridTimestamp high = HybridTimestamp.of(1L << 47, 0);
        HybridTimestamp low = HybridTimestamp.of((1L << 47) - 1, 65535);

        assertThat(high).isGreaterThan(low);
        assertThat(high.isAfter(low)).isTrue();
        assertThat(low.isBefore(high)).isTrue();
        assertThat(HybridTimestamp.max(low, high)).isEqualTo(high);
        assertThat(HybridTimestamp.max(high, low)).isEqualTo(high);
    }

    @Test
    void compareTo_equalMillis_counterDecides() {
        assertThat(HybridTimestamp.of(5, 2)).isGreaterThan(HybridTimestamp.of(5, 1));
        assertThat(HybridTimestamp.of(6, 0)).isGreaterThan(HybridTimestamp.of(5, 65535));
    }

    @Test
    void toString_isoTimeAndCounter() {
        assertThat(HybridTimestamp.of(1767225600000L, 3)).hasToString("2026-01-01T00:00:00Z#3");
    }
}
