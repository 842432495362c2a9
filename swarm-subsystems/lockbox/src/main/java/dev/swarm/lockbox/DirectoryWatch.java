package dev.swarm.lockbox;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether something happened in a directory tree since the last question. What the system does not tell, a scan finds later.
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
    public void follow(Collection<String> directories) {
        watch(root);
        for (String directory : directories) {
            if (keys.size() < MAX_DIRECTORIES) {
                watch(root.resolve(directory));
            }
        }
    }

    @Override
    public boolean changed() {
        if (service == null) {
            return false;
        }
        boolean changed = false;
        try {
            for (WatchKey key = service.poll(); key != null; key = service.poll()) {
                key.pollEvents();
                changed = true;
                if (!key.reset()) {
                    keys.values().remove(key);
                }
            }
        } catch (ClosedWatchServiceException e) {
            service = null;
        }
        return changed;
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

    private void watch(Path directory) {
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
        } catch (IOException | UnsupportedOperationException e) {
            log.debug("{} is not watched; changes are found by looking", directory, e);
        }
    }
}
