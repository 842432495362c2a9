package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The disk of this machine. What its file system lacks is said once in the log and done without. Safe for many threads. */
final class NioDisk implements Disk {

    private static final Logger log = LoggerFactory.getLogger(NioDisk.class);

    private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

    private final boolean posix;
    private final boolean isDefault;
    private final FileAttribute<?>[] fileRights;
    private final FileAttribute<?>[] directoryRights;
    private final FileAttribute<?>[] ownDirectoryRights;
    private final AtomicBoolean saidNoRights = new AtomicBoolean();
    private final AtomicBoolean saidNoLinks = new AtomicBoolean();
    private final AtomicBoolean saidNoForce = new AtomicBoolean();

    /** A disk for paths of the same file system provider as {@code example}. */
    NioDisk(Path example) {
        this.posix = example.getFileSystem().supportedFileAttributeViews().contains("posix");
        this.isDefault = example.getFileSystem().equals(FileSystems.getDefault());
        this.fileRights = rights("rw-------");
        this.directoryRights = rights("rwxr-xr-x");
        this.ownDirectoryRights = rights("rwx------");
    }

    @Override
    public @Nullable Stat stat(Path path) throws IOException {
        BasicFileAttributes attributes;
        try {
            attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        }
        Object key = attributes.fileKey();
        return new Stat(
                kindOf(attributes),
                attributes.size(),
                attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
                key == null ? 0 : fold(key.toString()));
    }

    /** Not by {@code Files.exists}, which makes two exceptions with their stack traces where nothing is. */
    @Override
    public boolean exists(Path path) {
        return isDefault ? path.toFile().exists() : Files.exists(path);
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (leadsTo(directory, name, entry)) {
                    names.add(name);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    /** Names that are not in the encoding that this process was started with are none of the store's. */
    private static boolean leadsTo(Path directory, String name, Path entry) {
        try {
            return directory.resolve(name).equals(entry);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    @Override
    public File open(Path path, Access access) throws IOException {
        Set<OpenOption> options =
                switch (access) {
                    case READ -> Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                    case UPDATE ->
                        Set.of(
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.CREATE,
                                LinkOption.NOFOLLOW_LINKS);
                    case REPLACE ->
                        Set.of(
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                LinkOption.NOFOLLOW_LINKS);
                };
        return new ChannelFile(FileChannel.open(path, options, access == Access.READ ? NO_ATTRIBUTES : fileRights));
    }

    @Override
    public void makeDirectory(Path directory, boolean ownerOnly) throws IOException {
        Files.createDirectories(directory, ownerOnly ? ownDirectoryRights : directoryRights);
    }

    @Override
    public void restrictToOwner(Path path) throws IOException {
        if (!posix) {
            sayOnce(saidNoRights, "no POSIX permissions here; the store's files are as open as {} makes them", path);
            return;
        }
        String mode = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) ? "rwx------" : "rw-------";
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        } catch (IOException | UnsupportedOperationException e) {
            sayOnce(saidNoRights, "permissions cannot be set on {}; its files are as open as its mount says", path);
        }
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public boolean delete(Path path) throws IOException {
        return Files.deleteIfExists(path);
    }

    @Override
    public boolean canLink(Path directory) {
        Path probe = directory.resolve("link-probe.tmp");
        try {
            Files.deleteIfExists(probe);
            Files.createSymbolicLink(probe, directory.getFileSystem().getPath("nowhere"));
            Files.delete(probe);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            sayOnce(saidNoLinks, "no symbolic links in {}; seeds and labelled files are copied instead", directory);
            return false;
        }
    }

    @Override
    public void makeLink(Path link, Path target) throws IOException {
        Files.createSymbolicLink(link, target);
    }

    @Override
    public Path readLink(Path link) throws IOException {
        return Files.readSymbolicLink(link);
    }

    @Override
    public void setModified(Path path, long epochMillis) throws IOException {
        Files.setLastModifiedTime(path, FileTime.fromMillis(epochMillis));
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            // Windows opens no directories; its renames reach the disk in their own time.
            if (posix) {
                throw e;
            }
            sayOnce(
                    saidNoForce,
                    "directories cannot be flushed on {}; a power failure may undo the last changes",
                    directory);
        }
    }

    private FileAttribute<?>[] rights(String mode) {
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : NO_ATTRIBUTES;
    }

    private static Kind kindOf(BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
            return Kind.FILE;
        }
        if (attributes.isDirectory()) {
            return Kind.DIRECTORY;
        }
        return attributes.isSymbolicLink() ? Kind.LINK : Kind.OTHER;
    }

    /** FNV-1a, 64 bits. */
    private static long fold(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    private static void sayOnce(AtomicBoolean said, String message, Path path) {
        if (said.compareAndSet(false, true)) {
            log.warn(message, path);
        }
    }

    private record ChannelFile(FileChannel channel) implements File {

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return channel.read(target, position);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            return channel.write(source, position);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void force() throws IOException {
            channel.force(true);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
