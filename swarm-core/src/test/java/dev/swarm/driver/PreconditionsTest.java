package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.transport.Headers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreconditionsTest {

    private static final String TAG = "\"a,b\"";
    private static final String RANGE = "bytes=0-1";

    @Test
    void check_noConditions_areMet() {
        assertThat(Preconditions.check(Headers.of("range", RANGE), TAG)).isEqualTo(Preconditions.Verdict.MET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"a,b\"", "*", "\"x\", \"a,b\"", "\"\",\"a,b\",\"x\"", ", ,\t\"a,b\" ,", "W/\"x\",\"a,b\""})
    void check_tagIsListed_matchesStronglyAndWeakly(String list) {
        assertThat(ifMatch(list)).isEqualTo(Preconditions.Verdict.MET);
        assertThat(ifNoneMatch(list)).isEqualTo(Preconditions.Verdict.NOT_MODIFIED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"W/\"a,b\"", "\"x\", W/\"a,b\""})
    void check_tagIsListedAsWeak_matchesWeaklyAlone(String list) {
        assertThat(ifMatch(list)).isEqualTo(Preconditions.Verdict.FAILED);
        assertThat(ifNoneMatch(list)).isEqualTo(Preconditions.Verdict.NOT_MODIFIED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"x\"",
                "\"a\", \"b\"",
                "\"a,b",
                "\"a,bc\"",
                "\"xa,b\"",
                "a,b",
                "'a,b'",
                "w/\"a,b\"",
                "W/",
                "W/*",
                "**",
                "",
                "x, \"a,b\"",
                "\"x\", *"
            })
    void check_tagIsNotListed_doesNotMatch(String list) {
        assertThat(ifMatch(list)).isEqualTo(Preconditions.Verdict.FAILED);
        assertThat(ifNoneMatch(list)).isEqualTo(Preconditions.Verdict.MET);
    }

    @Test
    void check_severalFieldsOfOneName_countAsOneList() {
        Headers second = Headers.of("if-match", "\"x\"").with("if-match", TAG);
        Headers none = Headers.of("if-none-match", "\"x\"").with("if-none-match", TAG);

        assertThat(Preconditions.check(second, TAG)).isEqualTo(Preconditions.Verdict.MET);
        assertThat(Preconditions.check(none, TAG)).isEqualTo(Preconditions.Verdict.NOT_MODIFIED);
    }

    @Test
    void check_otherContentIsMeantAndThisIsKnown_otherContentCountsFirst() {
        Headers both = Headers.of("if-none-match", TAG).with("if-match", "\"x\"");

        assertThat(Preconditions.check(both, TAG)).isEqualTo(Preconditions.Verdict.FAILED);
    }

    @Test
    void range_noConditionOrThisTag_counts() {
        assertThat(Preconditions.range(Headers.of("range", RANGE), TAG)).isEqualTo(RANGE);
        assertThat(Preconditions.range(Headers.of("range", RANGE).with("if-range", TAG), TAG))
                .isEqualTo(RANGE);
        assertThat(Preconditions.range(Headers.of("if-range", TAG), TAG)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz", "\"x\"", "W/\"a,b\"", "*", "Sun, 22 Nov 2026 00:00:00 GMT", "\"x\", \"a,b\""})
    void range_conditionNamesAnythingButThisTag_doesNotCount(String condition) {
        assertThat(Preconditions.range(Headers.of("range", RANGE).with("if-range", condition), TAG))
                .isNull();
    }

    private static Preconditions.Verdict ifMatch(String list) {
        return Preconditions.check(Headers.of("if-match", list), TAG);
    }

    private static Preconditions.Verdict ifNoneMatch(String list) {
        return Preconditions.check(Headers.of("if-none-match", list), TAG);
    }
}
