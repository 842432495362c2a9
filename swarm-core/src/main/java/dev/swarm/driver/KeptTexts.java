package dev.swarm.driver;

import dev.swarm.blob.Label;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The texts that a plugin keeps beside the node's own files, and nowhere else. Used by one thread at a time. */
final class KeptTexts {

    /** Beginnings of the names of the node's own files and directories, and of what is set aside or written beside them. */
    private static final List<String> OF_THE_NODE =
            List.of("manifest.", "peers.json", "state.json", "deny-list.json", "node.lock");

    private static final List<String> DIRECTORIES = List.of("files", "seed", "graveyard");

    private final StateFiles files;

    KeptTexts(Path directory) {
        this.files = new StateFiles(directory);
    }

    /**
     * Replaces a text.
     *
     * @throws IllegalArgumentException if the name leads elsewhere, or is one of the node's own
     */
    void write(String name, String text) throws IOException {
        files.write(checked(name), text);
    }

    /**
     * The text of that name, or null if there is none. One that cannot be read is set aside.
     *
     * @throws IllegalArgumentException as {@link #write} does
     */
    @Nullable
    String read(String name) {
        checked(name);
        try {
            return files.read(name);
        } catch (IOException e) {
            files.setAside(name, e.toString());
            return null;
        }
    }

    private static String checked(String name) {
        try {
            Label.of(name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a text is kept in one file of the data directory, and that cannot have the name asked for: "
                            + e.getMessage(),
                    e);
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (DIRECTORIES.contains(lower) || OF_THE_NODE.stream().anyMatch(lower::startsWith)) {
            throw new IllegalArgumentException("a text cannot be kept as \"" + name
                    + "\": that is a file of the node itself; choose another name");
        }
        return name;
    }
}
