package dev.swarm.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangeTest {

    @ParameterizedTest(name = "{0} of {1}")
    @CsvSource({
        "bytes=0-1, 10, PART, 0, 2",
        "Bytes=0-1, 10, PART, 0, 2",
        "BYTES=8-, 10, PART, 8, 2",
        "bytes=-3, 10, PART, 7, 3",
        "bytes=0-99999999999999999999999, 10, PART, 0, 10",
        "bytes=-99999999999999999999999, 10, PART, 0, 10",
        "bytes=000000000000000000000002-3, 10, PART, 2, 2",
        "bytes=99999999999999999999999-, 10, UNSATISFIABLE, 0, 0",
        "bytes=10-, 10, UNSATISFIABLE, 0, 0",
        "bytes=-0, 10, UNSATISFIABLE, 0, 0",
        "bytes=-1, 0, UNSATISFIABLE, 0, 0",
        "bytes=3-2, 10, WHOLE, 0, 0",
        "bytes=99999999999999999999999-1, 10, WHOLE, 0, 0",
        "bytes=-, 10, WHOLE, 0, 0",
        "lines=0-1, 10, WHOLE, 0, 0",
        "bytes=x-1, 10, WHOLE, 0, 0"
    })
    void select_field_isReadAsRfc9110Says(
            String field, long size, ByteRange.Verdict verdict, long offset, long length) {
        ByteRange.Selection selection = ByteRange.select(field, size);

        assertThat(selection.verdict()).isEqualTo(verdict);
        assertThat(selection.range())
                .isEqualTo(verdict == ByteRange.Verdict.PART ? new ByteRange(offset, length) : null);
    }
}
