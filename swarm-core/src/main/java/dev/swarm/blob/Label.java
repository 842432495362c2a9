package dev.swarm.blob;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The file name that a blob goes by: text from outside, checked to be one harmless path component. Immutable.
 *
 * <p>One label has to do on every node, whatever its file system. Refused are, beside what no file system takes: names that
 * are not in Unicode normalization form C, so that no two labels look and sort alike but differ; names that Windows reserves or
 * cannot hold; characters that reverse the direction of text, which disguise extensions; a leading dot, by which copying tools
 * mark what is not finished; and the ending {@code .swarm}, which in {@code seed/} marks a manifest.
 *
 * @param name the name
 */
public record Label(String name) {

    /** Longest name in bytes of UTF-8: what Linux and macOS file systems take. */
    public static final int MAX_BYTES = 255;

    /** How much of a refused name goes into a message. */
    private static final int SHOWN_CHARS = 48;

    private static final String NOT_IN_NAMES = "/\\<>:\"|?*";

    /** What is before the first dot, less blanks. Windows takes the superscript digits for digits. */
    private static final Pattern RESERVED =
            Pattern.compile("(CON|PRN|AUX|NUL|CONIN\\$|CONOUT\\$|(COM|LPT)[0-9\u00b9\u00b2\u00b3]) *(\\..*)?");

    /** Checks the name. */
    public Label {
        String objection = objectionTo(name);
        if (objection != null) {
            throw new IllegalArgumentException("label \"" + shown(name) + "\" " + objection);
        }
    }

    /**
     * The label with this name.
     *
     * @throws IllegalArgumentException if the name is refused; the message quotes it, escaped and cut, and says why
     */
    public static Label of(String name) {
        return new Label(name);
    }

    /** The label with this name; null if it is refused. */
    static @Nullable Label orNull(String name) {
        return objectionTo(name) == null ? new Label(name) : null;
    }

    @Override
    public String toString() {
        return name;
    }

    private static @Nullable String objectionTo(String name) {
        if (name.isEmpty()) {
            return "is empty";
        }
        // Every char takes at least one byte, so what is too long is not encoded first.
        if (name.length() > MAX_BYTES || name.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
            return "is longer than " + MAX_BYTES + " bytes";
        }
        String character = name.codePoints()
                .filter(Label::isRefused)
                .mapToObj(code -> "has the character " + codeName(code) + ", which not every file name can have")
                .findFirst()
                .orElse(null);
        if (character != null) {
            return character;
        }
        if (!Normalizer.isNormalized(name, Normalizer.Form.NFC)) {
            return "is not in Unicode normalization form C";
        }
        return objectionToEnds(name);
    }

    private static @Nullable String objectionToEnds(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        if (name.startsWith(".")) {
            return "starts with a dot";
        }
        if (name.endsWith(".") || name.endsWith(" ")) {
            return "ends with a dot or a blank";
        }
        if (upper.endsWith(".SWARM")) {
            return "ends with .swarm, as seed manifests do";
        }
        return RESERVED.matcher(upper).matches() ? "is a name that Windows reserves" : null;
    }

    private static boolean isRefused(int code) {
        return switch (Character.getType(code)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            case Character.FORMAT -> isDirectional(code);
            default -> NOT_IN_NAMES.indexOf(code) >= 0;
        };
    }

    private static boolean isDirectional(int code) {
        return code == 0x061c
                || code == 0x200e
                || code == 0x200f
                || (code >= 0x202a && code <= 0x202e)
                || (code >= 0x2066 && code <= 0x2069);
    }

    private static String codeName(int code) {
        return code > ' ' && code < 0x7f ? Character.toString(code) : String.format(Locale.ROOT, "U+%04X", code);
    }

    private static String shown(String name) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < name.length() && i < SHOWN_CHARS; i++) {
            char ch = name.charAt(i);
            if (ch >= ' ' && ch < 0x7f && ch != '"' && ch != '\\') {
                shown.append(ch);
            } else {
                shown.append(String.format(Locale.ROOT, "\\u%04x", (int) ch));
            }
        }
        return name.length() > SHOWN_CHARS ? shown.append("...").toString() : shown.toString();
    }
}
