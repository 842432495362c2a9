package dev.swarm.driver;

import dev.swarm.SwarmException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a data directory for one node at a time, of this process and of others: two would each write over what the other has confirmed.
 * The system lets go of it when the process ends, however it does. Closing more than once does nothing.
 */
final class DirectoryLock implements Closeable {

    private static final Logger log = LoggerFactory.getLogger(DirectoryLock.class);

    private static final String NAME = "node.lock";

    /** Directories of this process. To open the file of one and close it again would give up the lock: POSIX locks are a process's. */
    private static final Set<Path> TAKEN = new HashSet<>();

    private final Path directory;
    private final FileChannel channel;
    private boolean closed;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Takes a directory, which is made if it is not there.
     *
     * @throws SwarmException with reason STORAGE if another node has it
     * @throws IOException if it cannot be made or written
     */
    static DirectoryLock take(Path dataDirectory) throws IOException {
        if (Files.exists(dataDirectory) && !Files.isDirectory(dataDirectory)) {
            throw new IOException("it is no directory");
        }
        Files.createDirectories(dataDirectory.toAbsolutePath(), rights(dataDirectory, "rwxr-xr-x"));
        Path directory = dataDirectory.toRealPath();
        synchronized (TAKEN) {
            if (TAKEN.contains(directory)) {
                throw inUse(dataDirectory, "another node of this process");
            }
            FileChannel channel = FileChannel.open(
                    directory.resolve(NAME),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                    rights(directory, "rw-------"));
            try {
                lock(dataDirectory, channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            TAKEN.add(directory);
            return new DirectoryLock(directory, channel);
        }
    }

    private static void lock(Path directory, FileChannel channel) throws IOException {
        boolean locked;
        try {
            locked = channel.tryLock() != null;
        } catch (IOException e) {
            log.warn("{} cannot be locked, so that nothing keeps a second node off it: {}", directory, e.toString());
            return;
        }
        if (!locked) {
            throw inUse(directory, "another node");
        }
    }

    private static SwarmException inUse(Path directory, String who) {
        return new SwarmException(
                SwarmException.Reason.STORAGE,
                "cannot use data directory " + directory + ": " + who
                        + " is running on it; stop that, or choose another directory");
    }

    private static FileAttribute<?>[] rights(Path path, String rights) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(rights))}
                : new FileAttribute<?>[0];
    }

    @Override
    public void close() {
        synchronized (TAKEN) {
            if (closed) {
                return;
            }
            closed = true;
            TAKEN.remove(directory);
            try {
                channel.close();
            } catch (IOException e) {
                log.warn("{} stays locked until this process ends: {}", directory, e.toString());
            }
        }
    }
}
