package dev.swarm.examples.cli;

import dev.swarm.Printable;
import dev.swarm.blob.BlobCache;
import dev.swarm.examples.control.ControlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes what a node has no use for any more. */
@Command(
        name = "cleanup",
        description = "Remove dangling links of files/ and partial copies of complete blobs.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm cleanup --dry-run")
final class CleanupCommand implements Callable<Integer> {

    @Option(names = "--dry-run", description = "List what would be removed, and remove nothing.")
    private boolean dryRun;

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private Output output = new Output();

    CleanupCommand() {}

    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(data.path())) {
            throw new CommandFailure(
                    CommandFailure.NOT_FOUND,
                    "there is no node directory " + data.path()
                            + "; name one with --data or start one with 'swarm node'");
        }
        List<String> names = dryRun ? names(BlobCache.leftovers(data.path())) : remove();
        if (output.isJson()) {
            output.print(json -> {
                json.writeStartObject();
                json.writeArrayFieldStart(dryRun ? "would_remove" : "removed");
                for (String name : names) {
                    json.writeString(name);
                }
                json.writeEndArray();
                json.writeEndObject();
            });
            return 0;
        }
        String done = dryRun ? "would remove " : "removed ";
        names.forEach(name -> output.writer().println(done + Printable.of(name)));
        if (names.isEmpty()) {
            output.writer().println("nothing to remove");
        }
        return 0;
    }

    /** By the node where one runs, as it may be using what it has; otherwise here. */
    private List<String> remove() throws IOException {
        Path socket = data.controlSocket();
        if (!ControlClient.isAnswered(socket) && (!Files.exists(socket) || Files.isWritable(socket))) {
            return names(BlobCache.removeLeftovers(data.path()));
        }
        Map<String, @Nullable Object> answer = Control.call(socket, new LinkedHashMap<>(Map.of("verb", "cleanup")));
        return answer.get("removed") instanceof List<?> removed
                ? removed.stream().map(String::valueOf).toList()
                : List.of();
    }

    private List<String> names(List<Path> paths) {
        Path root = data.path().toAbsolutePath().normalize();
        return paths.stream().map(path -> root.relativize(path).toString()).toList();
    }
}
