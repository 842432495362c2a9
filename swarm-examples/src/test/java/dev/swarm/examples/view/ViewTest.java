package dev.swarm.examples.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ViewTest {

    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(text, true);

    @Test
    void table_cellsFromOutside_keepTheirColumns() {
        TextTable table = new TextTable("A", "B");
        table.row("long cell", "x\ny");
        table.row(null, 7);
        table.print(out);

        assertThat(text.toString().lines()).containsExactly("A          B", "long cell  x\\u000ay", "null       7");
    }

    @Test
    void liveRows_noTerminal_printAtMostOnceASecond() {
        LiveRows rows = new LiveRows(out, false);
        for (long millis = 0; millis < 2_500; millis += 100) {
            rows.show(List.of("row"), millis * 1_000_000);
        }

        assertThat(text.toString().lines()).hasSize(3).doesNotContain("\u001b");
    }

    @Test
    void liveRows_terminal_redrawInPlace() {
        LiveRows rows = new LiveRows(out, true);
        rows.show(List.of("a", "b"), 0);
        rows.show(List.of("c", "d"), 1);

        assertThat(text.toString()).contains("\u001b[2A");
    }

    @Test
    void bar_anyShare_hasOneWidth() {
        assertThat(List.of(0, 1, 50, 99, 100))
                .extracting(done -> LiveRows.bar(done, 100).length())
                .containsOnly(38);
        assertThat(LiveRows.bar(0, 0)).endsWith("100 %");
    }

    @Test
    void humanText_figures_readWell() {
        assertThat(HumanText.bytes(1_572_864)).isEqualTo("1.5 MiB");
        assertThat(HumanText.bytes(12)).isEqualTo("12 B");
        assertThat(HumanText.duration(Duration.ofSeconds(310))).isEqualTo("5m 10s");
        assertThat(HumanText.duration(Duration.ofHours(76))).isEqualTo("3d 4h");
    }
}
