package dev.swarm.trait;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Small JSON documents (RFC 8259) as text, and as maps, lists, strings, numbers and booleans. */
public final class JsonText {

    private static final int MAX_DEPTH = 32;

    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private JsonText() {}

    /** Writes to a generator; may throw what the generator throws. */
    @FunctionalInterface
    public interface Content {

        /** Writes one value. */
        void writeTo(JsonGenerator json) throws IOException;
    }

    /** The text of a document. */
    public static String write(Content content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            content.writeTo(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Takes the members of an object one by one; may throw what the parser throws. */
    @FunctionalInterface
    public interface Members {

        /**
         * Takes one member.
         *
         * @param json at the first token of its value; to be left at the value's last one
         */
        void take(String name, JsonParser json) throws IOException;
    }

    /**
     * Reads a document whose root is an object and keeps nothing of it, so that what a stranger sends costs no more than its
     * length.
     *
     * @throws IllegalArgumentException as for {@link #readObject}, and whatever {@code members} throws
     */
    public static void readMembers(String text, Members members) {
        parse(text, json -> {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                members.take(name, json);
            }
            return text;
        });
    }

    /**
     * Reads a document whose root is an object.
     *
     * @return its members; values are {@code String}, {@code Long}, {@code Double}, {@code Boolean}, {@code Map}, {@code List}
     *     or null
     * @throws IllegalArgumentException if the text is anything else, names a member twice, or goes on after the object; the
     *     message tells where
     */
    public static Map<String, @Nullable Object> readObject(String text) {
        return parse(text, JsonText::readMembers);
    }

    /**
     * Reads one member of a document whose root is an object, and makes nothing of the others, however large they are.
     *
     * @return its value, as {@link #readObject} has it; null if it is not there
     * @throws IllegalArgumentException as for {@link #readObject}
     */
    public static @Nullable Object readMember(String text, String wanted) {
        List<@Nullable Object> found = new ArrayList<>(1);
        readMembers(text, (name, json) -> {
            if (name.equals(wanted)) {
                found.add(readValue(json));
            } else {
                json.skipChildren();
            }
        });
        return found.isEmpty() ? null : found.get(0);
    }

    /** Writes a value of the kinds that {@link #readObject} gives; integers of any width count as numbers. */
    public static void writeValue(JsonGenerator json, @Nullable Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            for (Map.Entry<?, ?> member : map.entrySet()) {
                json.writeFieldName(String.valueOf(member.getKey()));
                writeValue(json, member.getValue());
            }
            json.writeEndObject();
        } else if (value instanceof Iterable<?> list) {
            json.writeStartArray();
            for (Object element : list) {
                writeValue(json, element);
            }
            json.writeEndArray();
        } else if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Double number) {
            json.writeNumber(number);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            json.writeString(value.toString());
        }
    }

    /** What is made of an object, from its first token to its last; may throw what the parser throws. */
    private interface Reading<T> {

        T read(JsonParser json) throws IOException;
    }

    private static <T> T parse(String text, Reading<T> reading) {
        try (JsonParser json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("not a JSON object");
            }
            T result = reading.read(json);
            if (json.nextToken() != null) {
                throw new IllegalArgumentException("text after the JSON object");
            }
            return result;
        } catch (IOException e) {
            String message = String.valueOf(e.getMessage());
            int end = message.indexOf('\n');
            throw new IllegalArgumentException(
                    "not a JSON object: " + (end < 0 ? message : message.substring(0, end)), e);
        }
    }

    private static Map<String, @Nullable Object> readMembers(JsonParser json) throws IOException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            json.nextToken();
            members.put(name, readValue(json));
        }
        return members;
    }

    /** Reads the value at whose first token the parser is, up to its last one; of the kinds that {@link #readObject} gives. */
    public static @Nullable Object readValue(JsonParser json) throws IOException {
        return switch (json.currentToken()) {
            case START_OBJECT -> readMembers(json);
            case START_ARRAY -> readElements(json);
            case VALUE_STRING -> json.getText();
            case VALUE_NUMBER_INT -> json.getLongValue();
            case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IllegalArgumentException("JSON token " + json.currentToken() + " is out of place");
        };
    }

    private static List<@Nullable Object> readElements(JsonParser json) throws IOException {
        List<@Nullable Object> elements = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            elements.add(readValue(json));
        }
        return elements;
    }
}
