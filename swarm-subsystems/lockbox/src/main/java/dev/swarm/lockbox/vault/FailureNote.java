package dev.swarm.lockbox.vault;

import java.nio.charset.StandardCharsets;

/** The text beside a file that cannot be encrypted, for whoever looks into the directory. Pure. */
final class FailureNote {

    static final int MAX_BYTES = 4096;

    private static final String FIRST_LINE =
            "lockbox could not encrypt the file beside this note; it is still in plaintext.\n";

    private FailureNote() {}

    static byte[] text(String name, String reason) {
        String text = FIRST_LINE + "File: " + printable(name) + "\nReason: " + printable(reason)
                + "\nThis note goes away when the file does, or once it could be encrypted.\n";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static boolean isNote(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8).startsWith(FIRST_LINE);
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(300).forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return shown.toString();
    }
}
