package dev.swarm.driver;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.swarm.node.SourceReport;
import dev.swarm.node.TransferPace;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.TreeMap;

/** The sidecar that tells how a blob was received. */
final class SourcesJson {

    private SourcesJson() {}

    static byte[] write(SourceReport report) {
        return JsonText.write(json -> {
                    json.writeStartObject();
                    json.writeObjectFieldStart("chunk_sources");
                    for (var source : new TreeMap<>(report.chunksBySource()).entrySet()) {
                        json.writeNumberField(source.getKey(), source.getValue());
                    }
                    json.writeEndObject();
                    json.writeArrayFieldStart("chunk_details");
                    for (SourceReport.ChunkDetail chunk : report.chunks()) {
                        json.writeStartObject();
                        json.writeNumberField("chunk", chunk.chunk());
                        json.writeStringField("source", chunk.source());
                        json.writeNumberField("ms", chunk.millis());
                        json.writeEndObject();
                    }
                    json.writeEndArray();
                    json.writeNumberField("active_download_ms", report.activeMillis());
                    writePace(json, report.pace());
                    json.writeEndObject();
                })
                .getBytes(StandardCharsets.UTF_8);
    }

    private static void writePace(JsonGenerator json, TransferPace pace) throws IOException {
        TransferPace.Bound bound = pace.bound();
        if (pace.ratio() > 0 && bound != null) {
            json.writeNumberField("ratio", Math.round(pace.ratio() * 100) / 100.0);
            json.writeStringField("bound", bound.name().toLowerCase(Locale.ROOT));
        }
        json.writeNumberField("duplicate_bytes", pace.duplicateBytes());
    }
}
