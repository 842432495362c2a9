package dev.swarm.examples.cli;

import dev.swarm.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** A verb that ends a blob, by the running node. */
abstract class EndingVerb implements Callable<Integer> {

    private final String verb;
    private final String done;

    @Parameters(paramLabel = "SHA|LABEL", description = "Which blob.")
    @SuppressWarnings("NullAway.Init")
    private String key;

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private Output output = new Output();

    EndingVerb(String verb, String done) {
        this.verb = verb;
        this.done = done;
    }

    @Override
    public Integer call() throws IOException {
        if (Files.notExists(data.controlSocket())) {
            throw new CommandFailure(
                    CommandFailure.NO_NODE,
                    "no node is running on " + data.path() + ", which alone can end what it has published; name its"
                            + " directory with --data, or start it with 'swarm node'");
        }
        StoredState.Seed seed = new StoredState(data.path()).find(key);
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("verb", verb);
        request.put("sha256", seed.blob().hex());
        Object others = Control.call(data.controlSocket(), request).get("still_published_by");
        List<?> publishers = others instanceof List<?> hosts ? hosts : List.of();
        String label = seed.entry().label().name();
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("sha256", seed.blob().hex());
        document.put("label", label);
        document.put("state", publishers.isEmpty() ? done : "active");
        document.put("still_published_by", publishers);
        output.print(document, done + " " + seed.blob() + "  " + Printable.of(label) + still(publishers));
        return 0;
    }

    /** A second line where others keep the blob active. */
    private static String still(List<?> publishers) {
        return publishers.isEmpty()
                ? ""
                : System.lineSeparator() + "still published by "
                        + Printable.of(publishers.stream().map(String::valueOf).collect(Collectors.joining(", ")))
                        + "; it stays where their targets have it until they revoke it, or an operator does";
    }
}
