package dev.swarm.transport.nio;

/** Text from outside, fit for a log line or a message. Stateless. */
final class Printable {

    private static final int MAX_LENGTH = 200;

    private Printable() {}

    /** The text without control and non-ASCII characters, cut to 200. */
    static String of(String text) {
        StringBuilder shown = new StringBuilder(Math.min(text.length(), MAX_LENGTH));
        for (int i = 0; i < text.length() && i < MAX_LENGTH; i++) {
            char c = text.charAt(i);
            shown.append(c >= 0x20 && c < 0x7F ? c : '?');
        }
        return text.length() > MAX_LENGTH ? shown.append("...").toString() : shown.toString();
    }
}
