package dev.swarm.examples.cli;

import dev.swarm.blob.Label;
import dev.swarm.examples.view.HumanText;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives a file to the fleet. */
@Command(
        name = "distribute",
        description = "Copy a file into the seed directory of the running node and publish it.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm distribute firmware.bin --target '*.web.*,-web-13' --retention 30d")
final class DistributeCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "What to distribute.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(
            names = "--target",
            required = true,
            paramLabel = "SPEC",
            description = "For whom: *, *.web.*, os=debian, -db-1.")
    @SuppressWarnings("NullAway.Init")
    private String target;

    @Option(names = "--label", paramLabel = "L", description = "Its name at the receivers. Default: the file's own.")
    private @Nullable String label;

    @Option(names = "--retention", paramLabel = "TIME", description = "How long to keep it; 0 for ever. Default: 7d.")
    private String retention = Retention.DEFAULT.toString();

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private Output output = new Output();

    DistributeCommand() {}

    @Override
    public Integer call() throws IOException {
        TargetSpec unusedTarget = Given.read("--target", target, TargetSpec::parse);
        Retention unusedRetention = Given.read("--retention", retention, Retention::parse);
        String name = label != null ? label : String.valueOf(file.getFileName());
        Label unusedLabel = Given.read(label != null ? "--label" : "name of " + file, name, Label::of);
        InputFile.require(file);
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("verb", "distribute");
        request.put("file", file.toAbsolutePath().toString());
        request.put("label", name);
        request.put("target", target);
        request.put("retention", retention);
        Map<String, @Nullable Object> answer = Control.call(data.controlSocket(), request);
        if (output.isJson()) {
            output.print(json -> JsonText.writeValue(json, answer));
        } else {
            long size = answer.get("size") instanceof Long bytes ? bytes : 0;
            output.writer().println(answer.get("sha256") + "  " + answer.get("label") + "  " + HumanText.bytes(size));
        }
        return 0;
    }
}
