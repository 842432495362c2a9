package dev.swarm.manifest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.swarm.blob.BlobId;
import dev.swarm.crdt.HybridTimestamp;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Writes {@link ManifestJson} documents; the same image gives the same bytes. */
final class ManifestJsonWriter {

    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final JsonGenerator json;

    private ManifestJsonWriter(JsonGenerator json) {
        this.json = json;
    }

    static void write(ManifestImage image, OutputStream target) throws IOException {
        try (JsonGenerator json = FACTORY.createGenerator(target)) {
            json.useDefaultPrettyPrinter();
            new ManifestJsonWriter(json).write(image);
        }
    }

    private void write(ManifestImage image) throws IOException {
        json.writeStartObject();
        json.writeNumberField("version", image.version());
        json.writeStringField("horizon", text(image.horizon()));
        writeCertificates(image);
        json.writeArrayFieldStart("markers");
        for (Map.Entry<BlobId, HybridTimestamp> marker : new TreeMap<>(image.buriedBlobs()).entrySet()) {
            writeMarker(marker.getKey(), marker.getValue());
            json.writeEndObject();
        }
        for (Map.Entry<EntryKey, HybridTimestamp> marker : new TreeMap<>(image.buriedEntries()).entrySet()) {
            writeMarker(marker.getKey().blob(), marker.getValue());
            json.writeStringField("origin", marker.getKey().author().host());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("proofs");
        for (SignedEntry proof : image.proofs()) {
            json.writeBinary(proof.encode());
        }
        json.writeEndArray();
        json.writeArrayFieldStart("entries");
        for (SignedEntry entry : image.entries()) {
            writeEntry(entry);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    /** Certificates come before what refers to them, so that a document cut short keeps what stands in it. */
    private void writeCertificates(ManifestImage image) throws IOException {
        Set<AuthorCertificate> certificates = new LinkedHashSet<>();
        image.entries().forEach(entry -> certificates.add(entry.certificate()));
        image.proofs().forEach(entry -> certificates.add(entry.certificate()));
        json.writeArrayFieldStart("certificates");
        for (AuthorCertificate certificate : certificates) {
            json.writeBinary(certificate.toBytes());
        }
        json.writeEndArray();
    }

    private void writeMarker(BlobId blob, HybridTimestamp clock) throws IOException {
        json.writeStartObject();
        json.writeStringField("sha256", blob.hex());
        json.writeStringField("clock", text(clock));
    }

    private void writeEntry(SignedEntry signed) throws IOException {
        ManifestEntry entry = signed.entry();
        json.writeStartObject();
        json.writeStringField("sha256", entry.blob().hex());
        json.writeStringField("label", entry.label().name());
        json.writeNumberField("size", entry.size());
        json.writeStringField("target", entry.target().toString());
        json.writeStringField("retention", entry.retention().toString());
        json.writeStringField("state", entry.state().name().toLowerCase(Locale.ROOT));
        json.writeStringField("channel", entry.channel());
        json.writeStringField("origin", entry.author().host());
        json.writeStringField("clock", text(entry.clock()));
        json.writeStringField(
                "time", Instant.ofEpochMilli(entry.clock().epochMillis()).toString());
        json.writeStringField("root", entry.root().toString());
        json.writeFieldName("record");
        json.writeBinary(signed.encode());
        json.writeEndObject();
    }

    private static String text(HybridTimestamp clock) {
        return Long.toUnsignedString(clock.packed());
    }
}
