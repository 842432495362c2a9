package dev.swarm.transport;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The header fields of one message, in order, with names compared without regard to case. Immutable.
 *
 * <p>Names are kept in lower case. Values are checked on the way in: a value with CR, LF or NUL cannot be built, so a
 * field cannot smuggle another one (RFC 9110 section 5.5).
 */
public final class Headers {

    private static final Headers EMPTY = new Headers(new String[0]);

    /** Name and value in turn: heads are written and read for every leaf. */
    private final String[] fields;

    private Headers(String[] fields) {
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
        String[] extended = Arrays.copyOf(fields, fields.length + 2);
        extended[fields.length] = checkedName(name);
        extended[fields.length + 1] = checkedValue(value);
        return new Headers(extended);
    }

    /** The value of the first field of that name, or null. */
    public @Nullable String first(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equals(wanted)) {
                return fields[i + 1];
            }
        }
        return null;
    }

    /** The values of all fields of that name, in order; empty if there is none. */
    public List<String> all(String name) {
        String wanted = name.toLowerCase(Locale.ROOT);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < fields.length; i += 2) {
            if (fields[i].equals(wanted)) {
                values.add(fields[i + 1]);
            }
        }
        return List.copyOf(values);
    }

    /** How many fields there are. */
    public int size() {
        return fields.length / 2;
    }

    /** Calls {@code action} with the name, in lower case, and the value of each field, in order. */
    public void forEach(BiConsumer<? super String, ? super String> action) {
        for (int i = 0; i < fields.length; i += 2) {
            action.accept(fields[i], fields[i + 1]);
        }
    }

    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "[", "]");
        forEach((name, value) -> text.add(name + "=" + value));
        return text.toString();
    }

    private static String checkedName(String name) {
        boolean token = !name.isEmpty();
        for (int i = 0; i < name.length(); i++) {
            token &= isTokenCharacter(name.charAt(i));
        }
        if (!token) {
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
        private final List<String> fields = new ArrayList<>();

        private Builder() {}

        /** Adds a field at the end. */
        public Builder add(String name, String value) {
            String checkedName = checkedName(name);
            String checkedValue = checkedValue(value);
            fields.add(checkedName);
            fields.add(checkedValue);
            return this;
        }

        /** How many fields there are so far. */
        public int size() {
            return fields.size() / 2;
        }

        /** The fields. */
        public Headers build() {
            return fields.isEmpty() ? EMPTY : new Headers(fields.toArray(String[]::new));
        }
    }
}
