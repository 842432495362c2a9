package dev.swarm.puddle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One directory in a user's home, for that user alone. A node that runs as another user gives what it writes to the home's owner.
 *
 * <p>The home is its owner's to change at any moment, so names are resolved against the opened directory and no symbolic link is
 * followed: nothing that a user puts there makes the node read or write elsewhere. Used by one thread at a time.
 */
final class OwnedDirectory {

    /** Longest key file that is read, in bytes; each has some hundred. */
    static final int MAX_KEY_FILE_BYTES = 4 * 1024;

    static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

    private static final Logger log = LoggerFactory.getLogger(OwnedDirectory.class);

    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");

    private final Path home;
    private final Path directory;

    OwnedDirectory(Path home, String name) {
        this.home = home;
        this.directory = home.resolve(name);
    }

    Path path() {
        return directory;
    }

    boolean has(String name) {
        return Files.exists(directory.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** Makes the directory if it is not there, and its modes what they have to be. */
    void create() throws IOException {
        if (!Files.isDirectory(home)) {
            Files.createDirectories(home);
        }
        try {
            Files.createDirectory(directory, attributes(DIRECTORY));
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                throw new NotDirectoryException(directory.toString());
            }
        }
        try (DirectoryStream<Path> opened = open()) {
            FileOwnerAttributeView view = opened instanceof SecureDirectoryStream<Path> secure
                    ? secure.getFileAttributeView(FileOwnerAttributeView.class)
                    : Files.getFileAttributeView(directory, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            give(view);
        }
    }

    /** The bytes of a file, or null if there is none; fails if it has more than {@code maxBytes}. */
    byte @Nullable [] read(String name, int maxBytes) throws IOException {
        try (DirectoryStream<Path> opened = open();
                SeekableByteChannel channel =
                        channel(opened, name, Set.<OpenOption>of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            if (channel.size() > maxBytes) {
                throw new IOException(directory.resolve(name) + " has " + channel.size() + " bytes, limit " + maxBytes
                        + "; it is no file of puddle's");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            byte[] content = new byte[bytes.flip().remaining()];
            bytes.get(content);
            return content;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Replaces a file, whole or not at all: temporary file, fsync, rename, fsync of the directory. */
    void write(String name, byte[] content, Set<PosixFilePermission> mode) throws IOException {
        String temporary = name + ".tmp";
        try (DirectoryStream<Path> opened = open()) {
            delete(opened, temporary);
            Set<OpenOption> options = Set.<OpenOption>of(
                    StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            try (SeekableByteChannel channel = channel(opened, temporary, options, attributes(mode))) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                give(ownerOf(opened, temporary));
                if (channel instanceof FileChannel file) {
                    file.force(true);
                }
            }
            if (opened instanceof SecureDirectoryStream<Path> secure) {
                secure.move(Path.of(temporary), secure, Path.of(name));
            } else {
                Files.move(
                        directory.resolve(temporary),
                        directory.resolve(name),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        flush();
    }

    /** Removes files; those that are not there count as removed. */
    void remove(Iterable<String> names) throws IOException {
        try (DirectoryStream<Path> opened = open()) {
            for (String name : names) {
                delete(opened, name);
            }
        } catch (NoSuchFileException e) {
            return;
        }
        flush();
    }

    @SuppressWarnings("StreamResourceLeak") // The caller closes what it is given.
    private DirectoryStream<Path> open() throws IOException {
        try (DirectoryStream<Path> parent = Files.newDirectoryStream(home)) {
            if (parent instanceof SecureDirectoryStream<Path> secure) {
                return secure.newDirectoryStream(directory.getFileName(), LinkOption.NOFOLLOW_LINKS);
            }
        }
        return Files.newDirectoryStream(directory);
    }

    private SeekableByteChannel channel(
            DirectoryStream<Path> opened, String name, Set<? extends OpenOption> options, FileAttribute<?>... mode)
            throws IOException {
        return opened instanceof SecureDirectoryStream<Path> secure
                ? secure.newByteChannel(Path.of(name), options, mode)
                : Files.newByteChannel(directory.resolve(name), options, mode);
    }

    private void delete(DirectoryStream<Path> opened, String name) throws IOException {
        try {
            if (opened instanceof SecureDirectoryStream<Path> secure) {
                secure.deleteFile(Path.of(name));
            } else {
                Files.delete(directory.resolve(name));
            }
        } catch (NoSuchFileException e) {
            log.trace("nothing to delete at {}", directory.resolve(name));
        }
    }

    private FileOwnerAttributeView ownerOf(DirectoryStream<Path> opened, String name) {
        return opened instanceof SecureDirectoryStream<Path> secure
                ? secure.getFileAttributeView(Path.of(name), FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                : Files.getFileAttributeView(
                        directory.resolve(name), FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }

    private void give(@Nullable FileOwnerAttributeView view) throws IOException {
        UserPrincipal owner = Files.getOwner(home);
        if (view != null && !view.getOwner().equals(owner)) {
            view.setOwner(owner);
        }
    }

    private FileAttribute<?>[] attributes(Set<PosixFilePermission> mode) {
        return home.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)}
                : new FileAttribute<?>[0];
    }

    private void flush() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
