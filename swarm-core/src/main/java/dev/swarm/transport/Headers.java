package dev.swarm.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of one message, in order, with names compared without regard to case. Immutable.
 *
 * <p>Names are kept in lower case. Values are checked on the way in: a value with CR, LF or NUL cannot be built, so a
 * field cannot smuggle another one (RFC 9110 section 5.5).
 */
public final class Headers {

    private static final Headers EMPTY = new Headers(List.of());

    private final List<Map.Entry<String, String>> fields;

    private Headers(List<Map.Entry<String, String>> fields) {
        this.fields = fields;
    }

    /** No fields. */
    public static Headers empty() {
        return EMPTY;
    }

    /** One field. */
    public static Headers of(String name, String value) {
        return EMPTY.with(name, value);
    }

    /** A builder without fields, for more than a few of them. */
    public static Builder builder() {
        return new Builder();
    }

    /** These fields and one more at the end. */
    public Headers with(String name, String value) {
        List<Map.Entry<String, String>> extended = new ArrayList<>(fields.size() + 1);
        extended.addAll(fields);
        extended.add(Map.entry(checkedName(name), checkedValue(value)));
        return new Headers(List.copyOf(extended));
    }

    /** The value of the first field of that name, or null. */
    public @Nullable String first(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        for (Map.Entry<String, String> field : fields) {
            if (field.getKey().equals(wanted)) {
                return field.getValue();
            }
        }
        return null;
    }

    /** The values of all fields of that name, in order; empty if there is none. */
    public List<String> all(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        return fields.stream()
                .filter(field -> field.getKey().equals(wanted))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** How many fields there are. */
    public int size() {
        return fields.size();
    }

    /** Calls {@code action} with the name, in lower case, and the value of each field, in order. */
    public void forEach(BiConsumer<? super String, ? super String> action) {
        fields.forEach(field -> action.accept(field.getKey(), field.getValue()));
    }

    @Override
    public String toString() {
        return fields.toString();
    }

    private static String checkedName(String name) {
        if (name.isEmpty() || !name.chars().allMatch(Headers::isTokenCharacter)) {
            throw new IllegalArgumentException("header name is not a token: length " + name.length());
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private static String checkedValue(String value) {
        Objects.requireNonNull(value, "value");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c > 0xFF || (c < 0x20 && c != '\t') || c == 0x7F) {
                throw new IllegalArgumentException("header value has a forbidden character at position " + i);
            }
        }
        return value.strip();
    }

    private static boolean isTokenCharacter(int c) {
        return c > 0x20 && c < 0x7F && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }

    /** Collects fields. Not safe for many threads. */
    public static final class Builder {
        private final List<Map.Entry<String, String>> fields = new ArrayList<>();

        private Builder() {}

        /** Adds a field at the end. */
        public Builder add(String name, String value) {
            fields.add(Map.entry(checkedName(name), checkedValue(value)));
            return this;
        }

        /** How many fields there are so far. */
        public int size() {
            return fields.size();
        }

        /** The fields. */
        public Headers build() {
            return fields.isEmpty() ? EMPTY : new Headers(List.copyOf(fields));
        }
    }
}
