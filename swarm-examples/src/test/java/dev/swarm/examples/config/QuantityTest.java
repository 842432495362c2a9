package dev.swarm.examples.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "4096, 4096", "1KiB, 1024", "256MiB, 268435456", "1.5GiB, 1610612736", "2 MiB, 2097152"})
    void bytes_wellFormed_areRead(String text, long bytes) {
        assertThat(Quantity.bytes(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "5s, 5000", "7d, 604800000", "168h, 604800000", "1.5m, 90000"})
    void duration_wellFormed_isRead(String text, long millis) {
        assertThat(Quantity.duration(text)).isEqualTo(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "huge", "-1", "1MB", "1 M", "1e9", "0x10", "9999999999999999999", "1KiB2"})
    void bytes_malformed_areRefusedWithTheValue(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantity.bytes(text))
                .withMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"200Mbit, 25000000", "10MiB/s, 10485760", "1.5Gbit, 187500000", "800 kbit, 100000", "unlimited, 0"})
    void bandwidth_rate_isRead(String text, long bytesPerSecond) {
        assertThat(Quantity.bandwidth(text).on(OptionalLong.of(1))).isEqualTo(bytesPerSecond);
    }

    @ParameterizedTest
    @CsvSource({"50%, 62500000", "12.5 %, 15625000", "100%, 125000000"})
    void bandwidth_share_isOfTheLine(String text, long bytesPerSecond) {
        assertThat(Quantity.bandwidth(text).on(OptionalLong.of(125_000_000))).isEqualTo(bytesPerSecond);
        assertThat(Quantity.bandwidth(text).on(OptionalLong.empty())).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "%", "fast", "0%", "101%", "-5%", "1e1%", "200", "200MB", "1KiB/s", "NaN%"})
    void bandwidth_malformedOrOutOfRange_isRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantity.bandwidth(text))
                .withMessageStartingWith("bandwidth ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "soon", "5 weeks", "-5s"})
    void duration_malformed_isRefusedWithTheValue(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantity.duration(text))
                .withMessageContaining("'" + text + "'");
    }
}
