package dev.swarm.disk;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Measures real file systems. Safe for many threads.
 *
 * <p>Finding the file system of a path makes the JDK read the whole mount table; so it is looked up once for each device
 * number, after which a measurement costs two system calls.
 */
final class FileStoreProbe implements DiskGate.SpaceProbe {

    /** A machine has fewer; a mount that comes and goes takes a new number each time. */
    private static final int MAX_DEVICES = 256;

    private final Map<Object, FileStore> stores = new ConcurrentHashMap<>();

    @Override
    public DiskGate.Space measure(Path directory) throws IOException {
        Path existing = nearestExisting(directory.toAbsolutePath().normalize());
        Object device = deviceOf(existing);
        if (device == null) {
            return space(Files.getFileStore(existing), null);
        }
        FileStore known = stores.get(device);
        if (known != null) {
            try {
                return space(known, device);
            } catch (IOException e) {
                // The store remembers the path it was found by, which may be gone by now.
                stores.remove(device);
            }
        }
        FileStore found = Files.getFileStore(existing);
        if (stores.size() >= MAX_DEVICES) {
            stores.clear();
        }
        stores.put(device, found);
        return space(found, device);
    }

    private static DiskGate.Space space(FileStore store, @Nullable Object device) throws IOException {
        return new DiskGate.Space(nameOf(store, device), store.getTotalSpace(), store.getUsableSpace());
    }

    /**
     * Sub-volumes of one block device differ in device number and share their space; file systems without a block device
     * often share a name such as {@code tmpfs} and differ in space.
     */
    private static String nameOf(FileStore store, @Nullable Object device) {
        return device == null || store.name().startsWith("/")
                ? store.name() + " (" + store.type() + ")"
                : store.type() + " device " + device;
    }

    private static @Nullable Object deviceOf(Path path) throws IOException {
        return path.getFileSystem().supportedFileAttributeViews().contains("unix")
                ? Files.getAttribute(path, "unix:dev")
                : null;
    }

    private static Path nearestExisting(Path directory) throws IOException {
        for (Path path = directory; path != null; path = path.getParent()) {
            if (Files.exists(path)) {
                return path;
            }
        }
        throw new IOException("no part of " + directory + " exists, so its file system cannot be measured");
    }
}
