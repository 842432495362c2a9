package dev.swarm.examples.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
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
    @ValueSource(strings = {"", "5", "soon", "5 weeks", "-5s"})
    void duration_malformed_isRefusedWithTheValue(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Quantity.duration(text))
                .withMessageContaining("'" + text + "'");
    }
}
