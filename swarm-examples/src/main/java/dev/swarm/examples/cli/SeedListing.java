package dev.swarm.examples.cli;

import dev.swarm.SystemAdapters;
import dev.swarm.examples.view.HumanText;
import dev.swarm.examples.view.TextTable;
import java.time.Duration;
import java.util.List;

/** Prints blobs, as a table or as JSON. */
final class SeedListing {

    private static final int SHOWN_DIGITS = 12;

    private SeedListing() {}

    static void print(List<StoredState.Seed> seeds, Output output) {
        long now = SystemAdapters.wallClock().millis();
        if (output.isJson()) {
            output.print(json -> {
                json.writeStartObject();
                json.writeArrayFieldStart("seeds");
                for (StoredState.Seed seed : seeds) {
                    json.writeStartObject();
                    SeedsJson.writeMembers(json, seed, now);
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            });
            return;
        }
        TextTable table = new TextTable("SHA256", "LABEL", "SIZE", "TARGET", "RETENTION", "STATE", "ORIGIN", "AGE");
        for (StoredState.Seed seed : seeds) {
            table.row(
                    seed.blob().hex().substring(0, SHOWN_DIGITS),
                    seed.entry().label(),
                    HumanText.bytes(seed.entry().size()),
                    seed.entry().target(),
                    seed.entry().retention(),
                    seed.state(),
                    seed.entry().author(),
                    HumanText.duration(Duration.ofSeconds(SeedsJson.ageSeconds(seed, now))));
        }
        table.print(output.writer());
    }
}
