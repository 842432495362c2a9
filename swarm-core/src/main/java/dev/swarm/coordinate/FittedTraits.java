package dev.swarm.coordinate;

import dev.swarm.trait.JsonText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes what a node reports fit into one check-in: of a trait that is too long, the longest members are left out, and named in a
 * member {@code left_out}. A reader who wants those asks the node for the whole trait.
 */
public final class FittedTraits {

    private static final String LEFT_OUT = "left_out";

    /** A member's name, colon and comma, beside its value. */
    private static final int MEMBER_BYTES = 4;

    private FittedTraits() {}

    /**
     * Shortens what has to be. Short traits are left whole before long ones are.
     *
     * @param traits JSON objects as text by name
     * @param maxBytes what all may take together, each as a JSON string in UTF-8
     * @throws IllegalArgumentException if one of them has to be shortened and is no JSON object
     */
    public static Map<String, String> of(Map<String, String> traits, int maxBytes) {
        List<Map.Entry<String, String>> shortestFirst = new ArrayList<>(traits.entrySet());
        shortestFirst.sort(Comparator.comparingInt(trait -> encodedBytes(trait.getValue())));
        Map<String, String> fitted = new TreeMap<>();
        int left = maxBytes;
        int number = shortestFirst.size();
        for (Map.Entry<String, String> trait : shortestFirst) {
            String text = fit(trait.getValue(), left / number);
            if (text != null) {
                fitted.put(trait.getKey(), text);
                left -= encodedBytes(text);
            }
            number--;
        }
        return fitted;
    }

    /** The text, shortened as far as it has to be; null if not even the names of what is left out fit. */
    private static @Nullable String fit(String text, int maxBytes) {
        if (encodedBytes(text) <= maxBytes) {
            return text;
        }
        Map<String, @Nullable Object> members = new LinkedHashMap<>(JsonText.readObject(text));
        members.remove(LEFT_OUT);
        Map<String, Integer> sizes = new LinkedHashMap<>();
        members.forEach(
                (name, value) -> sizes.put(name, encodedBytes(write(value)) + encodedBytes(name) + MEMBER_BYTES));
        List<String> longestFirst = new ArrayList<>(members.keySet());
        longestFirst.sort(Comparator.<String>comparingInt(name -> -sizes.getOrDefault(name, 0)));
        long total = sizes.values().stream().mapToLong(Integer::longValue).sum();
        List<String> leftOut = new ArrayList<>();
        for (String name : longestFirst) {
            total -= sizes.getOrDefault(name, 0);
            members.remove(name);
            leftOut.add(name);
            if (total <= maxBytes) {
                members.put(LEFT_OUT, leftOut);
                String shortened = write(members);
                if (encodedBytes(shortened) <= maxBytes) {
                    return shortened;
                }
            }
        }
        return null;
    }

    private static String write(@Nullable Object value) {
        return JsonText.write(json -> JsonText.writeValue(json, value));
    }

    private static int encodedBytes(String text) {
        return JsonText.write(json -> json.writeString(text)).getBytes(StandardCharsets.UTF_8).length;
    }
}
