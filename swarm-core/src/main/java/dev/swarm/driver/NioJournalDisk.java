package dev.swarm.driver;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A directory of this machine. */
final class NioJournalDisk implements JournalDisk {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

    private final Path directory;
    private final boolean posix;

    NioJournalDisk(Path directory) {
        this.directory = directory;
        this.posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    @Override
    public byte @Nullable [] read(String name) throws IOException {
        if (isNoFile(directory.resolve(name))) {
            throw new IOException("it is no file");
        }
        try (InputStream file = Files.newInputStream(directory.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            return file.readAllBytes();
        } catch (NoSuchFileException e) {
            return null;
        } catch (OutOfMemoryError e) {
            throw new IOException("it does not fit into memory", e);
        }
    }

    @Override
    public File create(String name) throws IOException {
        return open(
                name,
                Set.of(
                        StandardOpenOption.WRITE,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        LinkOption.NOFOLLOW_LINKS));
    }

    @Override
    public File open(String name, long length) throws IOException {
        ChannelFile file = open(name, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        try {
            file.channel().truncate(length).position(length);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(
                directory.resolve(from),
                directory.resolve(to),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void forceDirectory() throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException e) {
            // Windows opens no directories; its renames reach the disk in their own time.
            if (posix) {
                throw e;
            }
        }
    }

    @Override
    public String describe(String name) {
        return directory.resolve(name).toString();
    }

    /** Whether something is there that is not to be opened: to open a FIFO would take for ever. */
    private static boolean isNoFile(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    private ChannelFile open(String name, Set<OpenOption> options) throws IOException {
        Path path = directory.resolve(name);
        if (isNoFile(path)) {
            throw new IOException(path + " is no file; remove it");
        }
        FileAttribute<?>[] rights =
                posix ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)} : NO_ATTRIBUTES;
        FileChannel channel = FileChannel.open(path, options, rights);
        if (posix) {
            try {
                Files.setPosixFilePermissions(path, OWNER_ONLY);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }
        return new ChannelFile(channel);
    }

    private record ChannelFile(FileChannel channel) implements File {

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
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
