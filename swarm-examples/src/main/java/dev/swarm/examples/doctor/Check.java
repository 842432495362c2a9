package dev.swarm.examples.doctor;

import dev.swarm.examples.control.NodeForbiddenException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that was looked at.
 *
 * @param name what, in one word
 * @param ok whether it is as it should be, as far as was looked
 * @param skipped whether it could not be looked at
 * @param finding what was found, or why it was not looked at, in one line
 * @param remedy what to do, in one line; empty if there is nothing to do
 */
public record Check(String name, boolean ok, boolean skipped, String finding, String remedy) {

    /** Something that was looked at. */
    public Check(String name, boolean ok, String finding, String remedy) {
        this(name, ok, false, finding, remedy);
    }

    /** Something that this user may not look at, which is no fault of it. */
    public static Check skipped(String name, String why) {
        return skipped(name, why, NodeForbiddenException.REMEDY);
    }

    /** Something that could not be looked at, which is no fault of it. */
    public static Check skipped(String name, String why, String remedy) {
        return new Check(name, true, true, "not looked at: " + why, remedy);
    }

    /** As it is told in JSON. */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("name", name);
        members.put("ok", ok);
        members.put("finding", finding);
        members.put("remedy", remedy);
        members.put("skipped", skipped);
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
