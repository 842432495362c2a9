package dev.swarm.lockbox;

import dev.swarm.lockbox.vault.VaultNames;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where something happened in a directory tree since the last question. What the system does not tell, a scan finds later.
 * Confined to the plugin's turn.
 */
final class DirectoryWatch implements ChangeSignal {

    private static final Logger log = LoggerFactory.getLogger(DirectoryWatch.class);

    /** Of 8,192 that a user has on older Linux systems; what is beyond waits for the scan. */
    private static final int MAX_DIRECTORIES = 4_000;

    private final Path root;
    private final Map<Path, WatchKey> keys = new HashMap<>();
    private @Nullable WatchService service;

    DirectoryWatch(Path root) {
        this.root = root;
    }

    /** Watches these directories, and the root. */
    @Override
    public Set<String> follow(Collection<String> directories) {
        Set<String> begun = new HashSet<>();
        watch("", begun);
        for (String directory : directories) {
            if (keys.size() < MAX_DIRECTORIES) {
                watch(directory, begun);
            }
        }
        return begun;
    }

    @Override
    public Set<String> changed() {
        WatchService open = service;
        Set<String> paths = new HashSet<>();
        try {
            for (WatchKey key = poll(open); key != null; key = poll(open)) {
                String name = nameOf(key);
                String directory = name == null ? "" : name;
                for (WatchEvent<?> event : key.pollEvents()) {
                    boolean named = event.context() instanceof Path && name != null;
                    paths.add(named ? VaultNames.in(directory, event.context().toString()) : directory);
                }
                if (!key.reset()) {
                    keys.values().remove(key);
                    paths.add(directory);
                }
            }
        } catch (ClosedWatchServiceException e) {
            service = null;
        }
        return paths;
    }

    private static @Nullable WatchKey poll(@Nullable WatchService open) {
        return open == null ? null : open.poll();
    }

    /** The directory that a key watches, relative to the root; null if it is none. */
    private @Nullable String nameOf(WatchKey key) {
        return key.watchable() instanceof Path path && path.startsWith(root)
                ? root.relativize(path).toString()
                : null;
    }

    @Override
    public void close() {
        keys.clear();
        try {
            if (service != null) {
                service.close();
            }
        } catch (IOException e) {
            log.debug("the watch over {} could not be ended", root, e);
        }
        service = null;
    }

    private void watch(String name, Set<String> begun) {
        Path directory = name.isEmpty() ? root : root.resolve(name);
        if (keys.containsKey(directory) || !Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            WatchService open = service;
            if (open == null) {
                open = root.getFileSystem().newWatchService();
                service = open;
            }
            keys.put(
                    directory,
                    directory.register(
                            open,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_DELETE,
                            StandardWatchEventKinds.ENTRY_MODIFY));
            begun.add(name);
        } catch (IOException | UnsupportedOperationException e) {
            log.debug("{} is not watched; changes are found by looking", directory, e);
        }
    }
}
