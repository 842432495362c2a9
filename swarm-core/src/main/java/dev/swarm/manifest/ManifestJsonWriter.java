package dev.swarm.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import dev.swarm.crdt.HybridTimestamp;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Locale;

/** Writes {@link ManifestJson} documents. */
final class ManifestJsonWriter {

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .build();

    private final JsonGenerator json;

    private ManifestJsonWriter(JsonGenerator json) {
        this.json = json;
    }

    static void write(ManifestView view, OutputStream target) throws IOException {
        MessageDigest digest = Sha256.digest();
        OutputStream digested = new DigestOutputStream(target, digest);
        try (JsonGenerator json = FACTORY.createGenerator(digested)) {
            json.setPrettyPrinter(new LinePrinter());
            new ManifestJsonWriter(json).write(view);
        }
        digested.write(",\n".getBytes(StandardCharsets.US_ASCII));
        target.write(ViewChecksum.tail(digest));
    }

    /** Leaves the object open. */
    private void write(ManifestView view) throws IOException {
        json.writeStartObject();
        json.writeStringField("format", ManifestJson.FORMAT);
        json.writeStringField("fleet", view.fleet().hex());
        json.writeNumberField("version", view.version());
        json.writeStringField("digest", view.digest().toString());
        json.writeStringField("purged_up_to", text(view.purgedUpTo()));
        json.writeArrayFieldStart("entries");
        for (ManifestView.Row row : view.rows()) {
            write(row);
        }
        json.writeEndArray();
    }

    private void write(ManifestView.Row row) throws IOException {
        ManifestEntry entry = row.entry();
        json.writeStartObject();
        json.writeStringField("sha256", entry.blob().hex());
        json.writeStringField("label", entry.label().name());
        json.writeNumberField("size", entry.size());
        json.writeStringField("root", entry.root().toString());
        json.writeStringField("target", entry.target().toString());
        json.writeStringField("retention", entry.retention().toString());
        json.writeStringField("channel", entry.channel());
        json.writeStringField("state", text(row.state()));
        json.writeStringField("origin", entry.author().host());
        json.writeStringField("clock", text(entry.clock()));
        json.writeStringField(
                "time", Instant.ofEpochMilli(entry.clock().epochMillis()).toString());
        json.writeArrayFieldStart("authors");
        for (ManifestView.Word word : row.authors()) {
            json.writeStartObject();
            json.writeStringField("origin", word.author().host());
            json.writeStringField("state", text(word.state()));
            json.writeStringField("clock", text(word.clock()));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    static String text(EntryState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    private static String text(HybridTimestamp clock) {
        return Long.toUnsignedString(clock.packed());
    }

    /** Begins a line for the list of blobs and for each of them. */
    private static final class LinePrinter extends MinimalPrettyPrinter {

        private static final long serialVersionUID = 1L;
        private static final int BLOBS_DEPTH = 2;

        @Override
        public void beforeArrayValues(JsonGenerator json) throws IOException {
            breakLine(json);
        }

        @Override
        public void writeArrayValueSeparator(JsonGenerator json) throws IOException {
            json.writeRaw(',');
            breakLine(json);
        }

        @Override
        public void writeEndArray(JsonGenerator json, int count) throws IOException {
            // The context is the list's own until it is closed.
            breakLine(json);
            json.writeRaw(']');
        }

        private static void breakLine(JsonGenerator json) throws IOException {
            if (json.getOutputContext().getNestingDepth() == BLOBS_DEPTH) {
                json.writeRaw('\n');
            }
        }
    }
}
