package dev.swarm.examples.doctor;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that was looked at.
 *
 * @param name what, in one word
 * @param ok whether it is as it should be
 * @param finding what was found, in one line
 * @param remedy what to do, in one line; empty if there is nothing to do
 */
public record Check(String name, boolean ok, String finding, String remedy) {

    /** As it is told in JSON. */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("name", name);
        members.put("ok", ok);
        members.put("finding", finding);
        members.put("remedy", remedy);
        return members;
    }

    static Check passed(String name, String finding) {
        return new Check(name, true, finding, "");
    }

    static Check failed(String name, String finding, String remedy) {
        return new Check(name, false, finding, remedy);
    }

    /** A failure told by a message that ends with a semicolon and the remedy, as this project's do. */
    static Check failed(String name, String message, Exception cause) {
        String text = message.isEmpty() ? cause.toString() : message;
        int end = text.lastIndexOf("; ");
        return end < 0
                ? failed(name, text, "see the node's log")
                : failed(name, text.substring(0, end), text.substring(end + 2));
    }
}
