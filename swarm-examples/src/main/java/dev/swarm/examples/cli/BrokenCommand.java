package dev.swarm.examples.cli;

import dev.swarm.examples.view.TextTable;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The files in the seed directory that cannot be seeded. */
@Command(
        name = "broken",
        description = "List the files of the seed directory that cannot be seeded, each with the reason.",
        mixinStandardHelpOptions = true,
        footer = "Example: swarm broken --json")
final class BrokenCommand implements Callable<Integer> {

    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private Output output = new Output();

    BrokenCommand() {}

    @Override
    public Integer call() throws IOException {
        Map<String, @Nullable Object> state = new StoredState(data.path()).document("state.json");
        List<?> broken = state.get("broken_seeds") instanceof List<?> list ? list : List.of();
        if (output.isJson()) {
            Map<String, @Nullable Object> document = new LinkedHashMap<>();
            document.put("broken_seeds", broken);
            output.print(json -> JsonText.writeValue(json, document));
            return 0;
        }
        TextTable table = new TextTable("FILE", "ERROR");
        for (Object element : broken) {
            if (element instanceof Map<?, ?> seed) {
                table.row(seed.get("filename"), seed.get("error"));
            }
        }
        table.print(output.writer());
        return 0;
    }
}
