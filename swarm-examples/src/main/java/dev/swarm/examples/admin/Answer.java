package dev.swarm.examples.admin;

import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is sent back for a request. Immutable. */
final class Answer {

    private final int status;
    private final String type;
    private final String cacheControl;
    private final byte[] body;

    private Answer(int status, String type, String cacheControl, byte[] body) {
        this.status = status;
        this.type = type;
        this.cacheControl = cacheControl;
        this.body = body;
    }

    static Answer json(int status, Map<String, @Nullable Object> document) {
        String text = JsonText.write(json -> JsonText.writeValue(json, document));
        return new Answer(status, "application/json; charset=utf-8", "no-store", bytes(text + "\n"));
    }

    static Answer text(int status, String text) {
        return text(status, "text/plain; charset=utf-8", text);
    }

    static Answer text(int status, String type, String text) {
        return new Answer(status, type, "no-store", bytes(text));
    }

    /** A file of the page, which is asked for again each time, so that a node of another version is never seen through it. */
    static Answer file(String type, byte[] content) {
        return new Answer(200, type, "no-cache", content.clone());
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    String cacheControl() {
        return cacheControl;
    }

    int length() {
        return body.length;
    }

    void writeTo(OutputStream target) throws IOException {
        target.write(body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
