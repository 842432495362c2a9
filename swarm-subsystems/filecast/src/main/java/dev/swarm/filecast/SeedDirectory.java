package dev.swarm.filecast;

import dev.swarm.blob.Label;
import dev.swarm.lifecycle.SeedFile;
import dev.swarm.lifecycle.SeedTerms;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The directory that operators put seeds into. Used by one thread at a time. */
final class SeedDirectory {

    static final String TERMS_SUFFIX = ".swarm";

    /** Longest name of a seed, in bytes of UTF-8, so that the name of its {@code .swarm} is one that file systems take. */
    static final int MAX_NAME_BYTES = Label.MAX_BYTES - TERMS_SUFFIX.length();

    /** Largest {@code .swarm} file read: a target of the longest form with room to spare. */
    private static final long MAX_TERMS_BYTES = 64 * 1024;

    private final Path directory;

    /** Whether files have modes, and directories can be opened. */
    private final boolean posix;

    private int stagings;

    SeedDirectory(Path directory) {
        this.directory = directory;
        this.posix = directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    Path path() {
        return directory;
    }

    Path resolve(String name) {
        return directory.resolve(name);
    }

    /**
     * Every seed, by name, and what looks like one and cannot be, with the obstacle. Passed over are hidden files without a {@code .swarm},
     * which is how copies under way are named, directories without one, and what macOS keeps of a file's attributes beside it.
     */
    List<SeedFile> list() throws IOException {
        Map<String, BasicFileAttributes> found = new HashMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                boolean passedOver = name.startsWith("._") || (name.startsWith(".") && !name.endsWith(TERMS_SUFFIX));
                BasicFileAttributes attributes = passedOver ? null : lookAt(entry);
                if (attributes != null && mayBeSeed(name, attributes)) {
                    found.put(name, attributes);
                }
            }
        }
        Set<String> names = new TreeSet<>();
        found.keySet().forEach(name -> names.add(name.endsWith(TERMS_SUFFIX) ? withoutSuffix(name) : name));
        List<SeedFile> files = new ArrayList<>();
        for (String name : names) {
            files.add(look(name, found.get(name)));
        }
        return files;
    }

    /** Editors leave hidden links for as long as they have a file open. */
    private static boolean mayBeSeed(String name, BasicFileAttributes attributes) {
        return name.startsWith(".") ? attributes.isRegularFile() : !attributes.isDirectory();
    }

    /**
     * Checks that a name leaves room for that of its {@code .swarm}.
     *
     * @throws IllegalArgumentException if it does not
     */
    static void requireRoomForTerms(Label label) {
        int bytes = label.name().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "label \"" + label + "\" has " + bytes + " bytes, the limit for a seed is " + MAX_NAME_BYTES
                            + ", as <label>" + TERMS_SUFFIX + " lies beside it; choose a shorter label");
        }
    }

    /**
     * Writes terms for {@link #place}, for nobody else to change. Nothing is left of them if that fails; what a crash leaves the store
     * sweeps.
     */
    Path stage(SeedTerms terms) throws IOException {
        Path staged = directory.resolve(".swarm-terms-" + stagings++ + ".part");
        Files.deleteIfExists(staged);
        Files.createFile(staged, ownerOnly());
        try (FileChannel channel = FileChannel.open(staged, StandardOpenOption.WRITE)) {
            ByteBuffer text = StandardCharsets.UTF_8.encode(terms.toJson());
            while (text.hasRemaining()) {
                channel.write(text);
            }
            channel.force(true);
        } catch (IOException e) {
            discard(staged);
            throw e;
        }
        return staged;
    }

    /** Makes staged terms those of a seed, even if the power fails. */
    void place(Path staged, String name) throws IOException {
        Files.move(
                staged,
                directory.resolve(name + TERMS_SUFFIX),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        if (posix) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Deletes staged terms that were not placed. */
    void discard(Path staged) throws IOException {
        Files.deleteIfExists(staged);
    }

    /** Has a seed whose terms are others than the staged ones lie there without any: it counts as broken until it has some. */
    void suspend(String name, Path staged) throws IOException {
        Path terms = directory.resolve(name + TERMS_SUFFIX);
        if (Files.isRegularFile(terms) && Files.mismatch(terms, staged) >= 0) {
            Files.delete(terms);
        }
    }

    void removeTerms(String name) throws IOException {
        Files.deleteIfExists(directory.resolve(name + TERMS_SUFFIX));
    }

    /** What lies there, links not followed; null if nothing does or it cannot be told. */
    private static @Nullable BasicFileAttributes lookAt(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * A seed by its name.
     *
     * @param seen what a look at it a moment ago told, null if it was passed over
     */
    private SeedFile look(String name, @Nullable BasicFileAttributes seen) throws IOException {
        if (!isWritable(name)) {
            return new SeedFile(
                    name,
                    0,
                    0,
                    null,
                    "cannot be read: the name is not in the encoding of file names that the node was started with; start it with"
                            + " LC_ALL=C.UTF-8");
        }
        if (name.isEmpty()) {
            // A file whose whole name is the suffix is for nothing.
            return new SeedFile(name, -1, 0, null);
        }
        BasicFileAttributes attributes = seen;
        if (attributes == null) {
            try {
                // Whatever else goes wrong is no sign that the file is gone, and ends the look.
                attributes = Files.readAttributes(
                        directory.resolve(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            } catch (NoSuchFileException e) {
                return new SeedFile(name, -1, 0, null);
            }
        }
        long size = attributes.size();
        long modifiedMillis = attributes.lastModifiedTime().toMillis();
        try {
            String terms = readTerms(directory.resolve(name + TERMS_SUFFIX));
            String kind = name.startsWith(".") ? "a hidden file" : kind(attributes);
            if (kind == null) {
                return new SeedFile(name, size, modifiedMillis, terms, null);
            }
            String why = (terms == null ? "is missing, and " + name + " is " : "belongs to ") + kind
                    + "; only a regular file is seeded whose name has no dot in front";
            return new SeedFile(name, size, modifiedMillis, null, why);
        } catch (IOException e) {
            return new SeedFile(name, size, modifiedMillis, null, String.valueOf(e.getMessage()));
        }
    }

    /** Whether this process can name the file: what came of decoding its bytes need not lead back to it. */
    private boolean isWritable(String name) {
        try {
            return directory.resolve(name + TERMS_SUFFIX).startsWith(directory);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** What is there in place of a file; null if it is one. */
    private static @Nullable String kind(BasicFileAttributes attributes) {
        if (attributes.isRegularFile()) {
            return null;
        }
        if (attributes.isDirectory()) {
            return "a directory";
        }
        return attributes.isSymbolicLink() ? "a symbolic link" : "a special file";
    }

    /** The text of a {@code .swarm} file, null if there is none; fails with what is to be said after its name. */
    private static @Nullable String readTerms(Path file) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new IOException("is no regular file");
            }
            if (attributes.size() > MAX_TERMS_BYTES) {
                throw new IOException("has " + attributes.size() + " bytes, the limit is " + MAX_TERMS_BYTES);
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return null;
        } catch (FileSystemException e) {
            throw new IOException("cannot be read: " + e, e);
        }
    }

    private FileAttribute<?>[] ownerOnly() {
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[] {};
    }

    private static String withoutSuffix(String name) {
        return name.substring(0, name.length() - TERMS_SUFFIX.length());
    }
}
