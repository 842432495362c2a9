package dev.swarm.examples.cli;

import dev.swarm.SystemAdapters;
import dev.swarm.examples.view.HumanText;
import dev.swarm.examples.view.TextTable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The peers that this node knows. */
@Command(
        name = "peers",
        description = "The peers that this node knows.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm peers list")
final class PeersCommand extends VerbGroup {

    PeersCommand() {}

    /** One peer. */
    private record Peer(String address, String host, long blobs, long seenSeconds, long trust) {}

    /** Lists them. */
    @Command(
            name = "list",
            description = "List the peers that proved themselves; those of an earlier run have trust 0.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm peers list --json")
    int list(@Mixin DataOption data, @Mixin Output output) throws IOException {
        List<Peer> peers = read(new StoredState(data.path()).document("peers.json"));
        if (output.isJson()) {
            output.print(json -> {
                json.writeStartObject();
                json.writeArrayFieldStart("peers");
                for (Peer peer : peers) {
                    json.writeStartObject();
                    json.writeStringField("address", peer.address());
                    json.writeStringField("host", peer.host());
                    json.writeNumberField("blobs", peer.blobs());
                    json.writeNumberField("last_seen_s", peer.seenSeconds());
                    json.writeNumberField("trust", peer.trust());
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            });
            return 0;
        }
        TextTable table = new TextTable("ADDRESS", "HOST", "BLOBS", "LAST SEEN", "TRUST");
        for (Peer peer : peers) {
            String seen = HumanText.duration(Duration.ofSeconds(peer.seenSeconds())) + " ago";
            table.row(peer.address(), peer.host(), peer.blobs(), seen, peer.trust());
        }
        table.print(output.writer());
        return 0;
    }

    private static List<Peer> read(Map<String, @Nullable Object> document) {
        long now = SystemAdapters.wallClock().millis();
        List<Peer> peers = new ArrayList<>();
        if (document.get("peers") instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> peer) {
                    peers.add(new Peer(
                            String.valueOf(peer.get("address")),
                            String.valueOf(peer.get("host")),
                            number(peer.get("blobs")),
                            Math.max(0, (now - number(peer.get("last_seen_ms"))) / 1_000),
                            number(peer.get("trust"))));
                }
            }
        }
        return peers;
    }

    private static long number(@Nullable Object value) {
        return value instanceof Long number ? number : 0;
    }
}
