package dev.swarm.examples.cli;

import dev.swarm.Printable;
import dev.swarm.SystemAdapters;
import dev.swarm.examples.config.Quantity;
import dev.swarm.examples.control.NoNodeException;
import dev.swarm.examples.control.NodeForbiddenException;
import dev.swarm.examples.fleet.FleetStatus;
import dev.swarm.examples.view.HumanText;
import dev.swarm.examples.view.TextTable;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How a node, or a blob, is doing. */
@Command(
        name = "status",
        description = "Show how the node is doing, or how far a blob has come.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm status firmware.bin --json")
final class StatusCommand implements Callable<Integer> {

    private static final String DEFAULT_GAP = "2s";

    /** Cursor to the corner, then clear what follows (ECMA-48). */
    private static final String CLEAR_SCREEN = "\u001b[H\u001b[J";

    @Parameters(arity = "0..1", paramLabel = "SHA|LABEL", description = "A blob; without it the node itself.")
    private @Nullable String key;

    @Option(
            names = "--watch",
            arity = "0..1",
            paramLabel = "TIME",
            fallbackValue = DEFAULT_GAP,
            description = "Show it again and again, every 2s if not told otherwise, until interrupted.")
    private @Nullable String watch;

    @Option(names = "--times", paramLabel = "N", description = "With --watch, stop after so many times.")
    private int times = Integer.MAX_VALUE;

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private Output output = new Output();

    StatusCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        String gap = gap();
        if (gap == null) {
            show();
            return 0;
        }
        long millis = Given.read("--watch", gap, Quantity::duration).toMillis();
        if (times < 1) {
            throw new IllegalArgumentException("--times is " + times + ", has to be at least 1");
        }
        CountDownLatch never = new CountDownLatch(1);
        for (int shown = 0; shown < times && !output.writer().checkError(); shown++) {
            boolean ended = shown > 0 && never.await(millis, TimeUnit.MILLISECONDS);
            if (!ended && !output.isJson() && SwarmCommand.isTerminal()) {
                output.writer().print(CLEAR_SCREEN);
            }
            show();
            output.writer().flush();
        }
        return 0;
    }

    /** The time between two looks, or null. What follows --watch and is no time is the blob, as in {@code --watch LABEL}. */
    private @Nullable String gap() {
        String given = watch;
        if (given == null || key != null) {
            return given;
        }
        try {
            Duration unused = Quantity.duration(given);
            return given;
        } catch (IllegalArgumentException e) {
            key = given;
            return DEFAULT_GAP;
        }
    }

    private void show() throws IOException {
        String chosen = key;
        if (chosen == null) {
            showNode();
        } else {
            showBlob(chosen);
        }
    }

    private void showNode() throws IOException {
        Map<String, @Nullable Object> state = new StoredState(data.path()).document("state.json");
        if (state.isEmpty()) {
            throw new CommandFailure(
                    CommandFailure.NOT_FOUND, "no node has run on " + data.path() + ": there is no state.json");
        }
        if (output.isJson()) {
            Map<String, @Nullable Object> shown = new LinkedHashMap<>(state);
            shown.put("last_checkin", shown.remove("last_checkin_ms"));
            output.print(json -> JsonText.writeValue(json, shown));
            return;
        }
        TextTable table = new TextTable("NODE", String.valueOf(state.get("host")));
        table.row("listens", state.get("listen"));
        table.row("gates", gates(state.get("gates")));
        table.row("manifest version", state.get("manifest_version"));
        table.row("active blobs", state.get("active_blobs"));
        table.row("revoked blobs", state.get("revoked"));
        table.row("peers", state.get("peers"));
        table.row("last check-in", ago(state.get("last_checkin_ms")));
        table.row("cache", state.get("cache_bytes") instanceof Long bytes ? HumanText.bytes(bytes) : "");
        table.row("downloading", state.get("downloading"));
        if (state.get("stalled") instanceof Map<?, ?> stalled && !stalled.isEmpty()) {
            table.row("without progress", stalled);
        }
        table.print(output.writer());
    }

    private static String gates(@Nullable Object gates) {
        return gates instanceof Map<?, ?> map
                ? map.entrySet().stream()
                        .map(gate -> gate.getKey() + (Boolean.TRUE.equals(gate.getValue()) ? " open" : " closed"))
                        .collect(Collectors.joining(", "))
                : "";
    }

    private static String ago(@Nullable Object epochMillis) {
        long now = SystemAdapters.wallClock().millis();
        return epochMillis instanceof Long then ? HumanText.duration(Duration.ofMillis(now - then)) + " ago" : "never";
    }

    private void showBlob(String chosen) throws IOException {
        StoredState stored = new StoredState(data.path());
        StoredState.Seed seed = stored.find(chosen);
        Map<String, @Nullable Object> document;
        try {
            document = ask(seed);
        } catch (NoNodeException e) {
            document = fromFiles(stored, seed, "no node runs on " + data.path());
        } catch (NodeForbiddenException e) {
            document = fromFiles(stored, seed, "this user may not ask it; " + NodeForbiddenException.REMEDY);
        }
        List<StoredState.Seed> namesakes = stored.namesakes(seed);
        document.put(
                "same_label",
                namesakes.stream()
                        .map(each -> Map.of("sha256", each.blob().hex(), "state", each.state()))
                        .toList());
        show(seed, namesakes, document);
    }

    private void show(StoredState.Seed seed, List<StoredState.Seed> namesakes, Map<String, @Nullable Object> document) {
        if (output.isJson()) {
            output.print(json -> JsonText.writeValue(json, document));
            return;
        }
        output.writer()
                .println("Blob: " + seed.blob() + " ("
                        + Printable.of(seed.entry().label().name()) + ")");
        if (!namesakes.isEmpty()) {
            output.writer().println("Same label: " + Printable.of(StoredState.shown(namesakes)));
        }
        if (document.get("summary") instanceof Map<?, ?> summary) {
            output.writer().println("Summary: " + summaryLine(summary));
        }
        if (document.get("only") instanceof String why) {
            output.writer()
                    .println("Only " + Printable.of(String.valueOf(document.get("host"))) + " itself, as it was "
                            + ago(document.get("as_of_ms")) + ": " + Printable.of(why));
        }
        TextTable table = new TextTable("HOSTNAME", "STATUS", "CHUNKS", "SKIP REASON", "PACE", "SOURCES");
        if (document.get("nodes") instanceof List<?> nodes) {
            for (Object element : nodes) {
                if (element instanceof Map<?, ?> node) {
                    table.row(
                            node.get("host"),
                            node.get("status"),
                            node.get("chunks_have") + "/" + node.get("chunks_total"),
                            node.get("skip_reason"),
                            pace(node),
                            sources(node.get("sources")));
                }
            }
        }
        table.print(output.writer());
        if (document.get("unknown") instanceof List<?> unknown) {
            String hosts = unknown.stream().map(String::valueOf).collect(Collectors.joining(", "));
            output.writer()
                    .println("Not known whether it is for: " + Printable.of(hosts)
                            + " (no answer, or none that tells its traits)");
        }
    }

    private Map<String, @Nullable Object> ask(StoredState.Seed seed) throws IOException {
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("verb", "status");
        request.put("sha256", seed.blob().hex());
        return Control.call(data.controlSocket(), request);
    }

    /**
     * What the node's files tell: its own share alone.
     *
     * @param why nobody else's is told
     */
    private static Map<String, @Nullable Object> fromFiles(StoredState stored, StoredState.Seed seed, String why)
            throws IOException {
        Map<String, @Nullable Object> state = stored.document("state.json");
        Map<String, @Nullable Object> document =
                FleetStatus.ofFiles(seed.entry(), seed.active(), state).toMap();
        document.put("host", state.get("host"));
        document.put("as_of_ms", state.get("last_cycle_ms"));
        document.put("only", why);
        return document;
    }

    private static String summaryLine(Map<?, ?> summary) {
        String parts = summary.entrySet().stream()
                .filter(entry ->
                        !entry.getKey().equals("total") && !Long.valueOf(0).equals(entry.getValue()))
                .map(entry -> entry.getValue() + " " + entry.getKey())
                .collect(Collectors.joining(", "));
        return (parts.isEmpty() ? "nobody is told of" : parts) + " (" + summary.get("total") + " total)";
    }

    /** How many times the least possible time a transfer took, and what took most of it. */
    private static String pace(Map<?, ?> node) {
        return node.get("ratio") instanceof Number ratio
                ? String.format(Locale.ROOT, "%.2f ", ratio.doubleValue()) + node.get("bound")
                : "";
    }

    private static String sources(@Nullable Object sources) {
        return sources instanceof Map<?, ?> map
                ? map.entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + entry.getValue())
                        .collect(Collectors.joining(" "))
                : "";
    }
}
