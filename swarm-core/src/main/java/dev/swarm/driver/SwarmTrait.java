package dev.swarm.driver;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.node.SourceReport;
import dev.swarm.node.TransferView;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node reports of its blobs: which are complete, which are on their way, and who gave what. Reads the disk. */
final class SwarmTrait implements Supplier<String> {

    private static final Logger log = LoggerFactory.getLogger(SwarmTrait.class);

    /** What is told of how each blob came; a blob may lack some of it. */
    private static final List<String> TOLD_OF_SOURCES =
            List.of("chunk_sources", "chunk_details", "active_download_ms", "ratio", "bound", "duplicate_bytes");

    /** Blobs of which it is told why nothing comes of them: there may be a hundred thousand, for one reason. */
    static final int MAX_STALLED = 1_000;

    private final BlobCache blobs;
    private final Map<String, String> traits;
    private final Supplier<List<TransferView>> transfers;
    private volatile Set<BlobId> listed = Set.of();

    /** @param traits what targets may ask of the node */
    SwarmTrait(BlobCache blobs, Map<String, String> traits, Supplier<List<TransferView>> transfers) {
        this.blobs = blobs;
        this.traits = new TreeMap<>(traits);
        this.transfers = transfers;
    }

    @Override
    public String get() {
        List<TransferView> running = transfers.get();
        Set<BlobId> complete = new LinkedHashSet<>(list());
        // What lies there and could not be flushed may be gone after a power failure.
        running.forEach(view -> complete.remove(view.blob()));
        Map<String, Map<String, @Nullable Object>> sources = new LinkedHashMap<>();
        complete.forEach(blob -> addStored(blob, sources));
        running.forEach(view -> sources.put(view.blob().hex(), JsonText.readObject(text(view.sources()))));
        return JsonText.write(json -> {
            json.writeStartObject();
            json.writeNumberField("blob_count", complete.size());
            json.writeArrayFieldStart("blobs");
            for (BlobId blob : complete) {
                json.writeString(blob.hex());
            }
            json.writeEndArray();
            for (String key : TOLD_OF_SOURCES) {
                json.writeObjectFieldStart(key);
                for (var source : sources.entrySet()) {
                    if (source.getValue().containsKey(key)) {
                        json.writeFieldName(source.getKey());
                        JsonText.writeValue(json, source.getValue().get(key));
                    }
                }
                json.writeEndObject();
            }
            writeRunning(json, running);
            json.writeObjectFieldStart("traits");
            for (var trait : traits.entrySet()) {
                json.writeStringField(trait.getKey(), trait.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    /** What is complete; while the disk does not tell, which the log says elsewhere, what it told last. */
    private Set<BlobId> list() {
        try {
            Set<BlobId> found = blobs.complete().keySet();
            listed = found;
            return found;
        } catch (IOException e) {
            log.debug("{} cannot be listed", blobs.contentDirectory(), e);
            return listed;
        }
    }

    private static void writeRunning(JsonGenerator json, List<TransferView> running) throws IOException {
        Map<String, Integer> downloading = new TreeMap<>();
        Map<String, String> skipped = new TreeMap<>();
        Map<String, String> stalled = new TreeMap<>();
        for (TransferView view : running) {
            if (view.stalled() && stalled.size() < MAX_STALLED) {
                stalled.put(view.blob().hex(), view.reason());
            }
            if (view.skippedForDisk()) {
                skipped.put(view.blob().hex(), view.reason());
            } else if (view.isUnderWay()) {
                downloading.put(view.blob().hex(), view.chunksHeld());
            }
        }
        if (!downloading.isEmpty()) {
            json.writeObjectFieldStart("downloading");
            for (var blob : downloading.entrySet()) {
                json.writeNumberField(blob.getKey(), blob.getValue());
            }
            json.writeEndObject();
        }
        writeReasons(json, "skipped", skipped);
        writeReasons(json, "stalled", stalled);
    }

    private static void writeReasons(JsonGenerator json, String name, Map<String, String> reasons) throws IOException {
        if (!reasons.isEmpty()) {
            json.writeObjectFieldStart(name);
            for (var blob : reasons.entrySet()) {
                json.writeStringField(blob.getKey(), blob.getValue());
            }
            json.writeEndObject();
        }
    }

    private void addStored(BlobId blob, Map<String, Map<String, @Nullable Object>> sources) {
        try {
            byte[] json = blobs.readSources(blob);
            if (json != null) {
                sources.put(blob.hex(), JsonText.readObject(new String(json, StandardCharsets.UTF_8)));
            }
        } catch (IOException | IllegalArgumentException e) {
            sources.remove(blob.hex());
        }
    }

    private static String text(SourceReport report) {
        return new String(SourcesJson.write(report), StandardCharsets.UTF_8);
    }
}
