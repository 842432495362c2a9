package dev.swarm.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "report 7.pdf", "a..b", "\u00fc", "CONSOLE", "comma"})
    void of_oneNameForAFile_isTaken(String name) {
        assertThat(Label.of(name).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".hidden",
                "a/b",
                "/etc",
                "a\\b",
                "a\0b",
                "a\nb",
                "a.",
                "a ",
                "u\u0308",
                "NUL",
                "com1.txt",
                "\u202egnp.exe",
                "x.swarm"
            })
    void of_whatCouldLeadElsewhere_isRefused(String name) {
        assertThatThrownBy(() -> Label.of(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 100_000})
    void of_tooLong_isRefused(int length) {
        assertThatThrownBy(() -> Label.of("a".repeat(length)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("255");
    }
}
