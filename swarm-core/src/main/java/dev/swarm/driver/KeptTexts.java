package dev.swarm.driver;

import dev.swarm.blob.Label;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The texts that a plugin keeps beside the node's own files and those of other plugins, and nowhere else. Used by one thread at a time. */
final class KeptTexts {

    /** Beginnings of the names of the node's own files and directories, and of what is set aside or written beside them. */
    private static final List<String> OF_THE_NODE =
            List.of("manifest.", "peers.json", "state.json", "deny-list.json", "node.lock");

    private static final List<String> DIRECTORIES = List.of("files", "seed", "graveyard");

    private final StateFiles files;
    private final String plugin;
    private final ConcurrentMap<String, String> keepers;

    /**
     * What one plugin keeps.
     *
     * @param keepers for all plugins of a node, by whom what is kept in this run; names that some file systems take for one are one
     */
    KeptTexts(Path directory, String plugin, ConcurrentMap<String, String> keepers) {
        this.files = new StateFiles(directory);
        this.plugin = plugin;
        this.keepers = keepers;
    }

    /**
     * Replaces a text.
     *
     * @throws IllegalArgumentException if the name leads elsewhere, or is one of the node's own or another plugin's
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

    private String checked(String name) {
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
        String keeper = keepers.putIfAbsent(lower, plugin);
        if (keeper != null && !keeper.equals(plugin)) {
            throw new IllegalArgumentException("subsystem " + plugin + " cannot keep a text as \"" + name
                    + "\": subsystem " + keeper + " does; choose another name");
        }
        return name;
    }
}
