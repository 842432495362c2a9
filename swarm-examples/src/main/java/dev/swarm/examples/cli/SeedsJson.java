package dev.swarm.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.swarm.manifest.ManifestEntry;
import java.io.IOException;

/** A blob as the reading verbs print it. */
final class SeedsJson {

    private SeedsJson() {}

    /** Writes the members of a blob into an object that the caller has started. */
    static void writeMembers(JsonGenerator json, StoredState.Seed seed, long nowMillis) throws IOException {
        ManifestEntry entry = seed.entry();
        json.writeStringField("sha256", entry.blob().hex());
        json.writeStringField("label", entry.label().name());
        json.writeNumberField("size", entry.size());
        json.writeStringField("target", entry.target().toString());
        json.writeStringField("retention", entry.retention().toString());
        json.writeStringField("state", seed.state());
        json.writeStringField("origin", entry.author().host());
        json.writeNumberField("age_s", ageSeconds(seed, nowMillis));
    }

    static long ageSeconds(StoredState.Seed seed, long nowMillis) {
        return Math.max(0, (nowMillis - seed.entry().clock().epochMillis()) / 1_000);
    }
}
