package dev.swarm.lifecycle;

import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.trait.JsonText;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code .swarm} file says of the file beside it. Immutable.
 *
 * @param target for whom
 * @param retention until when
 */
public record SeedTerms(TargetSpec target, Retention retention) {

    private static final String TARGET = "target";
    private static final String RETENTION = "retention";

    /**
     * Reads a {@code .swarm} file: a JSON object with the members {@code target} and {@code retention}, both strings.
     *
     * @throws IllegalArgumentException saying what is missing, unknown or unreadable
     */
    public static SeedTerms parse(String text) {
        Map<String, @Nullable Object> members = JsonText.readObject(text);
        TreeSet<String> unknown = new TreeSet<>(members.keySet());
        unknown.remove(TARGET);
        unknown.remove(RETENTION);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "unknown key '" + unknown.first() + "'; the keys are " + TARGET + " and " + RETENTION);
        }
        return of(requireString(members, TARGET), requireString(members, RETENTION));
    }

    /**
     * Terms from their texts.
     *
     * @throws IllegalArgumentException saying what is unreadable
     */
    public static SeedTerms of(String target, String retention) {
        return new SeedTerms(TargetSpec.parse(target), Retention.parse(retention));
    }

    /** Terms for whom either is meant, until the later end; null if no one target says that. */
    public @Nullable SeedTerms or(SeedTerms other) {
        TargetSpec both = target.or(other.target);
        return both == null ? null : new SeedTerms(both, longer(retention, other.retention));
    }

    private static Retention longer(Retention one, Retention other) {
        boolean first = one.isForever() || (!other.isForever() && one.duration().compareTo(other.duration()) >= 0);
        return first ? one : other;
    }

    /** The text that {@link #parse} reads. */
    public String toJson() {
        return JsonText.write(json -> {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField(TARGET, target.toString());
            json.writeStringField(RETENTION, retention.toString());
            json.writeEndObject();
        });
    }

    private static String requireString(Map<String, @Nullable Object> members, String name) {
        if (members.get(name) instanceof String value) {
            return value;
        }
        throw new IllegalArgumentException("'" + name + "' is missing or no string; write for example \"" + name
                + "\": \"" + (name.equals(TARGET) ? "*" : "7d") + "\"");
    }
}
