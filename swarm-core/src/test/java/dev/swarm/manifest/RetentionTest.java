package dev.swarm.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionTest {

    @ParameterizedTest
    @CsvSource({
        "7d,P7D,7d",
        "168h,P7D,7d",
        "36h,PT36H,36h",
        "30m,PT30M,30m",
        "60m,PT1H,1h",
        "45s,PT45S,45s",
        "36500d,P36500D,36500d"
    })
    void parse_numberWithUnit_givesDurationInLargestUnit(String text, Duration duration, String shown) {
        Retention retention = Retention.parse(text);

        assertThat(retention.duration()).isEqualTo(duration);
        assertThat(retention.isForever()).isFalse();
        assertThat(retention).hasToString(shown).isEqualTo(Retention.parse(shown));
    }

    @Test
    void parse_zero_isForEver() {
        assertThat(Retention.parse("0")).isEqualTo(Retention.FOREVER).hasToString("0");
        assertThat(Retention.FOREVER.isForever()).isTrue();
        assertThat(Retention.FOREVER.duration()).isZero();
    }

    @Test
    void defaultRetention_isSevenDays() {
        assertThat(Retention.DEFAULT).isEqualTo(Retention.parse("7d"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "d",
                "7",
                "7w",
                "-7d",
                "+7d",
                "1.5h",
                "7 d",
                "7dd",
                "0d",
                "00",
                "\u0667d",
                "99999999999d",
                "7D"
            })
    void parse_anythingElse_throwsShowingTheText(String text) {
        assertThatThrownBy(() -> Retention.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("retention '")
                .hasMessageContaining("as 7d or 168h");
    }

    @Test
    void parse_longerThanACentury_throwsNamingTheLimit() {
        assertThatThrownBy(() -> Retention.parse("36501d"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("36500d");
    }

    @Test
    void of_fractionOfASecond_throws() {
        assertThatThrownBy(() -> Retention.of(Duration.ofMillis(1_500))).isInstanceOf(IllegalArgumentException.class);
    }
}
