package dev.swarm.driver;

import dev.swarm.node.SourceReport;
import dev.swarm.trait.JsonText;
import java.nio.charset.StandardCharsets;
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
                    json.writeEndObject();
                })
                .getBytes(StandardCharsets.UTF_8);
    }
}
