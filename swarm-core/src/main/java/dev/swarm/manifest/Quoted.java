package dev.swarm.manifest;

/** Text from outside as it may stand in a message: quoted, escaped and cut. */
final class Quoted {

    private static final int MAX_SHOWN = 60;

    private Quoted() {}

    static String of(String text) {
        StringBuilder shown = new StringBuilder("'");
        text.codePoints().limit(MAX_SHOWN).forEach(c -> append(shown, c));
        return shown.append(text.codePointCount(0, text.length()) > MAX_SHOWN ? "...'" : "'")
                .toString();
    }

    private static void append(StringBuilder shown, int c) {
        if (isPlain(c)) {
            shown.appendCodePoint(c);
        } else {
            shown.append("\\u{").append(Integer.toHexString(c)).append("}");
        }
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> c != '\\';
        };
    }
}
