package dev.swarm.examples.cli;

import dev.swarm.examples.view.TextTable;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.util.ArrayList;
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
        List<Map<String, @Nullable Object>> broken = new ArrayList<>();
        if (state.get("broken_seeds") instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> seed) {
                    Map<String, @Nullable Object> row = new LinkedHashMap<>();
                    row.put("filename", seed.get("filename"));
                    row.put("error", seed.get("error"));
                    row.put("host", state.get("host"));
                    broken.add(row);
                }
            }
        }
        if (output.isJson()) {
            Map<String, @Nullable Object> document = new LinkedHashMap<>();
            document.put("broken_seeds", broken);
            output.print(json -> JsonText.writeValue(json, document));
            return 0;
        }
        TextTable table = new TextTable("HOST", "FILE", "ERROR");
        broken.forEach(row -> table.row(row.get("host"), row.get("filename"), row.get("error")));
        table.print(output.writer());
        return 0;
    }
}
