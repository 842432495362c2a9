package dev.swarm.lockbox.vault;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A vault in a directory of this machine. Safe for many threads.
 *
 * <p>What is made in it belongs to whom the directory around it belongs, as far as the process may give things away. A directory in
 * it that is a symbolic link is never entered, so that nobody has a node that may do more than they write elsewhere.
 */
public final class NioVaultDisk implements VaultDisk {

    private static final Logger log = LoggerFactory.getLogger(NioVaultDisk.class);

    private static final FileAttribute<?>[] NO_ATTRIBUTES = {};
    private static final int ANY_PERMISSION = 0777;

    private final Path root;
    private final boolean unix;

    /** A vault in {@code root}, which need not exist. */
    public NioVaultDisk(Path root) {
        this.root = root;
        this.unix = root.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    @Override
    public @Nullable Stat stat(String path) throws IOException {
        Map<String, Object> read;
        try {
            read = Files.readAttributes(at(path), unix ? "unix:*" : "*", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException | InvalidPathException e) {
            return null;
        }
        boolean directory = Boolean.TRUE.equals(read.get("isDirectory"));
        FileTime modified = (FileTime) read.getOrDefault("lastModifiedTime", FileTime.fromMillis(0));
        return new Stat(
                kindOf(read, directory),
                number(read, "size", 0).longValue(),
                modified.to(TimeUnit.NANOSECONDS),
                number(read, "ino", 0).longValue(),
                number(read, "mode", directory ? 0700 : 0600).intValue() & ANY_PERMISSION,
                number(read, "nlink", 1).intValue());
    }

    @Override
    public List<String> list(String directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(at(directory))) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    @Override
    public InputStream read(String path) throws IOException {
        return Channels.newInputStream(
                FileChannel.open(at(path), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
    }

    @Override
    public NewFile create(String path) throws IOException {
        Path file = at(path);
        FileChannel channel = FileChannel.open(
                file,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS),
                rights("rw-------"));
        giveAway(file);
        return new ChannelFile(channel);
    }

    @Override
    public NewFile open(String path, long length) throws IOException {
        FileChannel channel = FileChannel.open(at(path), Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        boolean done = false;
        try {
            channel.truncate(length).position(length);
            done = true;
            return new ChannelFile(channel);
        } finally {
            if (!done) {
                channel.close();
            }
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(at(from), at(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public boolean renameNew(String from, String to) throws IOException {
        try {
            Files.move(at(from), at(to));
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        makeIfMissing(root);
        if (!path.isEmpty()) {
            Path each = root;
            for (Path name : root.getFileSystem().getPath(path)) {
                each = each.resolve(name);
                makeIfMissing(each);
                if (!Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    throw new NotDirectoryException(each.toString());
                }
            }
        }
    }

    @Override
    public boolean delete(String path) throws IOException {
        return Files.deleteIfExists(at(path));
    }

    @Override
    public void setMode(String path, int mode) throws IOException {
        PosixFileAttributeView view =
                Files.getFileAttributeView(at(path), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (view == null || !view.readAttributes().isDirectory()) {
            return;
        }
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] fromOwner = PosixFilePermission.values();
        for (int i = 0; i < fromOwner.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                permissions.add(fromOwner[i]);
            }
        }
        // The system sets none of a link; what took the directory's name meanwhile is the user's own.
        Files.setPosixFilePermissions(at(path), permissions);
    }

    @Override
    public void setModified(String path, long epochNanos) throws IOException {
        Files.setLastModifiedTime(at(path), FileTime.from(epochNanos, TimeUnit.NANOSECONDS));
    }

    @Override
    public void force(String directory) throws IOException {
        if (!unix) {
            return;
        }
        try (FileChannel channel = FileChannel.open(at(directory), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void force(Collection<NewFile> files) throws IOException {
        ForcedTogether.force(files);
    }

    private void makeIfMissing(Path directory) throws IOException {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectories(directory, rights("rwx------"));
            giveAway(directory);
        }
    }

    private void giveAway(Path made) throws IOException {
        Path around = root.toAbsolutePath().getParent();
        if (!unix || around == null) {
            return;
        }
        PosixFileAttributes wanted = Files.readAttributes(around, PosixFileAttributes.class);
        if (!wanted.owner().equals(Files.getOwner(made, LinkOption.NOFOLLOW_LINKS))) {
            PosixFileAttributeView view =
                    Files.getFileAttributeView(made, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            try {
                view.setGroup(wanted.group());
                view.setOwner(wanted.owner());
            } catch (FileSystemException e) {
                log.debug("{} stays with this process: it may not be given to {}", made, wanted.owner(), e);
            }
        }
    }

    private Path at(String path) {
        return path.isEmpty() ? root : root.resolve(path);
    }

    private FileAttribute<?>[] rights(String mode) {
        return unix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : NO_ATTRIBUTES;
    }

    private static Kind kindOf(Map<String, Object> read, boolean directory) {
        if (directory) {
            return Kind.DIRECTORY;
        }
        if (Boolean.TRUE.equals(read.get("isRegularFile"))) {
            return Kind.FILE;
        }
        return Boolean.TRUE.equals(read.get("isSymbolicLink")) ? Kind.LINK : Kind.OTHER;
    }

    private static Number number(Map<String, Object> read, String name, int otherwise) {
        return read.get(name) instanceof Number number ? number : (Number) otherwise;
    }

    private static final class ChannelFile extends NewFile {

        private final FileChannel channel;

        ChannelFile(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int size) throws IOException {
            ByteBuffer source = ByteBuffer.wrap(bytes, from, size);
            while (source.hasRemaining()) {
                channel.write(source);
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
