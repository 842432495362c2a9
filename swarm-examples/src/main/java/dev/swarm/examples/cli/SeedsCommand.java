package dev.swarm.examples.cli;

import dev.swarm.SystemAdapters;
import dev.swarm.examples.control.NoNodeException;
import dev.swarm.examples.control.NodeForbiddenException;
import dev.swarm.examples.view.HumanText;
import dev.swarm.examples.view.TextTable;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The blobs that this node holds. */
@Command(
        name = "seeds",
        description = "The blobs that this node holds.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm seeds list")
final class SeedsCommand extends VerbGroup {

    SeedsCommand() {}

    /** Lists what is held. */
    @Command(
            name = "list",
            description = "List the active blobs that this node holds.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm seeds list --json")
    int list(@Mixin DataOption data, @Mixin Output output) throws IOException {
        StoredState stored = new StoredState(data.path());
        StoredState.Held held = stored.held();
        SeedListing.print(
                stored.seeds().stream()
                        .filter(seed -> seed.active() && held.blobs().test(seed.blob()))
                        .toList(),
                output);
        if (held.untold() > 0) {
            output.errors()
                    .println(held.untold() + " more blobs are held than state.json tells of; "
                            + NodeForbiddenException.REMEDY);
        }
        return 0;
    }

    /** Shows one blob. */
    @Command(
            name = "show",
            description = "Show a blob and the peers that hold it.",
            mixinStandardHelpOptions = true,
            footer = "Example: swarm seeds show firmware.bin")
    int show(
            @Parameters(paramLabel = "KEY", description = "At least 4 digits of the id, or the label.") String key,
            @Mixin DataOption data,
            @Mixin Output output)
            throws IOException {
        StoredState state = new StoredState(data.path());
        StoredState.Seed seed = state.find(key);
        Set<String> holders = new LinkedHashSet<>(heardOf(state, seed));
        holders.addAll(asked(state, seed, data));
        if (output.isJson()) {
            output.print(json -> {
                json.writeStartObject();
                SeedsJson.writeMembers(json, seed, SystemAdapters.wallClock().millis());
                json.writeArrayFieldStart("peers");
                for (String holder : holders) {
                    json.writeString(holder);
                }
                json.writeEndArray();
                json.writeEndObject();
            });
            return 0;
        }
        TextTable table = new TextTable("BLOB", seed.blob().hex());
        table.row("label", seed.entry().label());
        table.row("size", HumanText.bytes(seed.entry().size()));
        table.row("target", seed.entry().target());
        table.row("retention", seed.entry().retention());
        table.row("state", seed.state());
        table.row("origin", seed.entry().author());
        table.row("peers", String.join(" ", holders));
        table.print(output.writer());
        return 0;
    }

    /** The peers that the node heard to have some of it, at its last cycle. */
    private static List<String> heardOf(StoredState state, StoredState.Seed seed) throws IOException {
        Map<String, @Nullable Object> document = state.document("state.json");
        return document.get("holders") instanceof Map<?, ?> all
                        && all.get(seed.blob().hex()) instanceof List<?> holders
                ? holders.stream().map(String::valueOf).toList()
                : List.of();
    }

    /** The peers that say now that they have some of it, if the node runs and this user may have it ask them. */
    private static List<String> asked(StoredState state, StoredState.Seed seed, DataOption data) throws IOException {
        Map<String, @Nullable Object> answer;
        try {
            answer = Control.call(
                    data.controlSocket(),
                    new LinkedHashMap<>(
                            Map.of("verb", "status", "sha256", seed.blob().hex())));
        } catch (NoNodeException | NodeForbiddenException e) {
            return List.of();
        }
        Set<Object> hosts = new HashSet<>();
        if (answer.get("nodes") instanceof List<?> nodes) {
            for (Object element : nodes) {
                if (element instanceof Map<?, ?> node && node.get("chunks_have") instanceof Long have && have > 0) {
                    hosts.add(node.get("host"));
                }
            }
        }
        return state.document("peers.json").get("peers") instanceof List<?> peers
                ? peers.stream()
                        .filter(peer -> peer instanceof Map<?, ?> known && hosts.contains(known.get("host")))
                        .map(peer -> String.valueOf(((Map<?, ?>) peer).get("address")))
                        .toList()
                : List.of();
    }
}
