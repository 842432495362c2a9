package dev.swarm;

import java.util.HexFormat;
import java.util.Objects;

/**
 * Text from outside, as names of files and what peers say, made fit for a line of a log or of a terminal: control characters, which could
 * move the cursor, begin a line of their own or hide one, are spelled out. Stateless.
 */
public final class Printable {

    private static final int MAX_LENGTH = 2_000;

    private Printable() {}

    /** The text with every character that is not plain written as {@code \}{@code uXXXX}, cut to 2,000 characters. */
    public static String of(String text) {
        StringBuilder shown =
                new StringBuilder(Objects.requireNonNull(text, "text").length());
        for (int i = 0; i < Math.min(text.length(), MAX_LENGTH); i++) {
            char c = text.charAt(i);
            int type = Character.getType(c);
            boolean plain = type != Character.CONTROL
                    && type != Character.FORMAT
                    && type != Character.LINE_SEPARATOR
                    && type != Character.PARAGRAPH_SEPARATOR;
            if (plain) {
                shown.append(c);
            } else {
                shown.append("\\u").append(HexFormat.of().toHexDigits(c));
            }
        }
        return shown.toString();
    }
}
