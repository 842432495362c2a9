package dev.swarm.benchmarks.pair;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Results as a Markdown table that reads well as plain text too. */
final class ResultTable {

    private static final double GIB = 1L << 30;
    private static final double MIB = 1L << 20;
    private static final List<String> HEADINGS = List.of(
            "contestant",
            "MB/s",
            "CPU-s/GiB sender",
            "receiver",
            "both",
            "KiB/MiB sender",
            "receiver",
            "longest pause ms",
            "peak RSS MiB sender",
            "receiver",
            "connections",
            "speed ÷ base",
            "CPU ÷ base");

    private final long size;
    private final Map<Contestant, List<Round>> results;

    ResultTable(long size, Map<Contestant, List<Round>> results) {
        this.size = size;
        this.results = results;
    }

    String format() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        results.forEach((contestant, rounds) -> rows.add(row(contestant, rounds)));
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < HEADINGS.size(); column++) {
            int index = column;
            widths.add(
                    rows.stream().mapToInt(row -> row.get(index).length()).max().orElse(0));
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            text.append(line(rows.get(i), widths));
            if (i == 0) {
                text.append(widths.stream().map("-"::repeat).collect(Collectors.joining("-|-", "|-", "-|\n")));
            }
        }
        return text.toString();
    }

    private List<String> row(Contestant contestant, List<Round> rounds) {
        double gib = size / GIB;
        double mib = size / MIB;
        List<String> row = new ArrayList<>();
        row.add(contestant.label());
        row.add(median("%.0f", rounds, round -> size * 1e3 / round.nanos()));
        row.add(median("%.2f", rounds, round -> round.sender().cpuNanos() / 1e9 / gib));
        row.add(median("%.2f", rounds, round -> round.receiver().cpuNanos() / 1e9 / gib));
        row.add(median("%.2f", rounds, round -> round.cpuNanos() / 1e9 / gib));
        row.add(median("%.0f", rounds, round -> round.sender().allocatedBytes() / 1024.0 / mib));
        row.add(median("%.0f", rounds, round -> round.receiver().allocatedBytes() / 1024.0 / mib));
        row.add(number(
                "%.1f", rounds.stream().mapToLong(Round::pauseMicros).max().orElse(0) / 1e3));
        row.add(median("%.0f", rounds, round -> round.sender().peakRssBytes() / MIB));
        row.add(median("%.0f", rounds, round -> round.receiver().peakRssBytes() / MIB));
        row.add(median("%.0f", rounds, round -> round.sender().connections()));
        Contestant base = contestant.base();
        List<Round> baseRounds = base == null ? List.of() : results.getOrDefault(base, List.of());
        boolean comparable = !baseRounds.isEmpty();
        row.add(comparable ? ratio(rounds, baseRounds, round -> 1.0 / round.nanos()) : "");
        row.add(comparable ? ratio(rounds, baseRounds, Round::cpuNanos) : "");
        return row;
    }

    private static String median(String format, List<Round> rounds, ToDoubleFunction<Round> value) {
        return number(format, Medians.of(rounds, value));
    }

    private static String ratio(List<Round> rounds, List<Round> base, ToDoubleFunction<Round> value) {
        return number("%.2f", Medians.ofRatios(rounds, base, value));
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static String line(List<String> cells, List<Integer> widths) {
        StringBuilder line = new StringBuilder("|");
        for (int i = 0; i < cells.size(); i++) {
            String padding = " ".repeat(widths.get(i) - cells.get(i).length());
            line.append(' ').append(i == 0 ? cells.get(i) + padding : padding + cells.get(i));
            line.append(" |");
        }
        return line.append('\n').toString();
    }
}
