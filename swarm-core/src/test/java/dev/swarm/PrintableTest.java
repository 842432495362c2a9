package dev.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {

    @Test
    void of_controlCharacters_areSpelledOut() {
        assertThat(Printable.of("a\u001b[2Jb\r\nc\u202e")).isEqualTo("a\\u001b[2Jb\\u000d\\u000ac\\u202e");
    }

    @Test
    void of_longText_isCut() {
        assertThat(Printable.of("x".repeat(3_000))).hasSize(2_000);
    }
}
