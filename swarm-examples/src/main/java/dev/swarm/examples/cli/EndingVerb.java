package dev.swarm.examples.cli;

import dev.swarm.examples.view.Printable;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
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
        StoredState.Seed seed = new StoredState(data.path()).find(key);
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("verb", verb);
        request.put("sha256", seed.blob().hex());
        Control.call(data.controlSocket(), request);
        output.writer()
                .println(done + " " + seed.blob() + "  "
                        + Printable.of(seed.entry().label().name()));
        return 0;
    }
}
