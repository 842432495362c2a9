package dev.swarm.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.peer.PeerId;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*              | web-01 | true",
                "web-01         | WEB-01 | true",
                "web-*          | db-01  | false",
                "-web-01 *      | web-01 | false",
                "-web-01 *      | web-02 | true",
                "web-01 -web-*  | web-01 | true",
                "* -web-01      | web-01 | true",
                "-*             | web-01 | false",
                "-db-*          | web-01 | false",
            })
    void allows_firstPatternThatMatches_decides(String patterns, String host, boolean expected) {
        assertThat(Gate.of(List.of(patterns.split(" "))).allows(new PeerId(host)))
                .isEqualTo(expected);
    }

    @Test
    void allows_emptyGate_deniesAll() {
        assertThat(Gate.of(List.of()).allows(new PeerId("web-01"))).isFalse();
        assertThat(Gate.NONE).isEqualTo(Gate.of(List.of()));
    }

    @Test
    void allows_gateOfAll_allowsAny() {
        assertThat(Gate.ALL.allows(new PeerId("web-01"))).isTrue();
    }

    @Test
    void patterns_parsed_areGivenBackInOrder() {
        Gate gate = Gate.of(List.of(" Web-* ", "- db-01", "*"));

        assertThat(gate.patterns()).containsExactly("web-*", "-db-01", "*");
        assertThat(Gate.of(gate.patterns())).isEqualTo(gate);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "a b", "a,b", "--a/", "w\u00e4b"})
    void of_malformedPattern_throwsShowingIt(String pattern) {
        assertThatThrownBy(() -> Gate.of(List.of(pattern)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host pattern '");
    }

    @Test
    void of_tooManyPatterns_throws() {
        assertThatThrownBy(() -> Gate.of(Collections.nCopies(Gate.MAX_PATTERNS + 1, "*")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit 1024");
    }
}
