package dev.swarm.examples.view;

import java.io.PrintWriter;
import java.util.List;

/** Some lines that keep changing: redrawn in place on a terminal, printed now and then elsewhere. Confined. */
public final class LiveRows {

    private static final String ESCAPE = "\u001b[";
    private static final int BAR_WIDTH = 30;

    /** A reader of a log wants to see that it goes on, not every step. */
    private static final long PLAIN_GAP_NANOS = 1_000_000_000L;

    private final PrintWriter target;
    private final boolean terminal;
    private int drawn;
    private long lastPlain = Long.MIN_VALUE;

    /**
     * An empty display.
     *
     * @param terminal whether {@code target} is a terminal that obeys cursor movements (ECMA-48)
     */
    public LiveRows(PrintWriter target, boolean terminal) {
        this.target = target;
        this.terminal = terminal;
    }

    /** Shows the rows as they are at {@code nanos}. */
    public void show(List<String> rows, long nanos) {
        if (terminal) {
            if (drawn > 0) {
                target.print(ESCAPE + drawn + "A");
            }
            rows.forEach(row -> target.println(ESCAPE + "2K" + row));
            drawn = rows.size();
            target.flush();
        } else if (lastPlain == Long.MIN_VALUE || nanos - lastPlain >= PLAIN_GAP_NANOS) {
            lastPlain = nanos;
            rows.forEach(target::println);
            target.flush();
        }
    }

    /** A bar, as {@code [=====>    ]  53 %}. */
    public static String bar(long done, long total) {
        int filled = total == 0 ? BAR_WIDTH : (int) (BAR_WIDTH * done / total);
        String head = filled < BAR_WIDTH ? ">" : "";
        int percent = total == 0 ? 100 : (int) (100 * done / total);
        String figure = " ".repeat(percent < 10 ? 2 : percent < 100 ? 1 : 0) + percent;
        return "[" + "=".repeat(filled) + head + " ".repeat(BAR_WIDTH - filled - head.length()) + "] " + figure + " %";
    }
}
