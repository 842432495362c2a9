package dev.swarm.transport.nio;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a table of cases with one case a line and {@code |} between its columns.
 *
 * <p>The heads of the tables say how bytes are written. Immutable.
 */
final class CaseTable {

    private static final Pattern DEFINITION = Pattern.compile("([A-Z]+) = (.*)");
    private static final Pattern USE = Pattern.compile("<([A-Z]+)>");
    private static final Pattern REPETITION = Pattern.compile("\\{([^{}]*)\\*(\\d+)}");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(r|n|t|0|x[0-9a-fA-F]{2})");

    private final List<List<String>> rows;

    private CaseTable(List<List<String>> rows) {
        this.rows = List.copyOf(rows);
    }

    /** Reads a table beside this class. */
    static CaseTable read(String file, int columns) {
        Map<String, String> definitions = new LinkedHashMap<>();
        List<List<String>> rows = new ArrayList<>();
        String section = "";
        for (String line : lines(file)) {
            Matcher definition = DEFINITION.matcher(line);
            if (definition.matches()) {
                definitions.put(definition.group(1), use(definition.group(2).strip(), definitions));
            } else if (line.startsWith("# ")) {
                section = line.substring(2).strip();
            } else if (!line.isBlank() && !line.startsWith("#")) {
                rows.add(row(file, line, columns, definitions, section));
            }
        }
        return new CaseTable(rows);
    }

    /** The cases: verdict, name with its section, and further columns, of which every character stands for one byte. */
    List<List<String>> rows() {
        return rows;
    }

    private static List<String> lines(String file) {
        try (InputStream in = CaseTable.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> row(
            String file, String line, int columns, Map<String, String> definitions, String section) {
        String[] cells = line.split("\\|", columns);
        if (cells.length != columns) {
            throw new IllegalArgumentException(file + ": " + columns + " columns expected in: " + line);
        }
        cells[1] = section + ": " + cells[1].strip();
        return Arrays.stream(cells)
                .map(cell -> unescape(repeat(use(cell.strip(), definitions))))
                .toList();
    }

    private static String use(String text, Map<String, String> definitions) {
        return USE.matcher(text).replaceAll(found -> {
            String value = definitions.get(found.group(1));
            if (value == null) {
                throw new IllegalArgumentException("nothing is defined as " + found.group());
            }
            return Matcher.quoteReplacement(value);
        });
    }

    private static String repeat(String text) {
        return REPETITION
                .matcher(text)
                .replaceAll(found -> Matcher.quoteReplacement(found.group(1).repeat(Integer.parseInt(found.group(2)))));
    }

    private static String unescape(String text) {
        return ESCAPE.matcher(text).replaceAll(found -> {
            char character =
                    switch (found.group(1).charAt(0)) {
                        case 'r' -> '\r';
                        case 'n' -> '\n';
                        case 't' -> '\t';
                        case '0' -> '\0';
                        default -> (char) Integer.parseInt(found.group(1).substring(1), 16);
                    };
            return Matcher.quoteReplacement(String.valueOf(character));
        });
    }
}
