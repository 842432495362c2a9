package dev.swarm.driver;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The readable files in a node's data directory, each written whole or not at all. Used by one thread at a time. */
final class StateFiles {

    private static final Logger log = LoggerFactory.getLogger(StateFiles.class);

    private static final int BUFFER_BYTES = 64 << 10;

    /** Names that are tried until one is free of a directory. */
    private static final int MOST_ASIDE = 9;

    private final Path directory;

    /** Why files could not be written when that was tried last. */
    private final Map<String, String> failing = new ConcurrentHashMap<>();

    StateFiles(Path directory) {
        this.directory = directory;
    }

    /** Writes a file's content; may throw what the stream throws. */
    @FunctionalInterface
    interface Content {

        /** Writes all of it; the stream is not to be closed. */
        void writeTo(OutputStream target) throws IOException;
    }

    /** Replaces a file by a text. */
    void write(String name, String text) throws IOException {
        write(name, target -> target.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Replaces a file, or says once for each cause that it cannot, and when it can again; whether it could. */
    boolean tryWrite(String name, Content content) {
        try {
            write(name, content);
            if (failing.remove(name) != null) {
                log.info("{} can be written again", name);
            }
            return true;
        } catch (IOException e) {
            String why = e.toString();
            if (!why.equals(failing.put(name, why))) {
                log.warn("cannot write {}: {}; it is tried again every cycle", name, why);
            }
            return false;
        }
    }

    /** Replaces a file: temporary file, fsync, rename, fsync of the directory. Everyone may read it. */
    void write(String name, Content content) throws IOException {
        Path temporary = directory.resolve(name + ".tmp");
        if (!Files.isDirectory(temporary)) {
            clear(name + ".tmp");
        }
        clear(name);
        try (FileChannel channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            makeReadable(temporary);
            OutputStream stream = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
            content.writeTo(stream);
            stream.flush();
            channel.force(true);
        }
        Files.move(
                temporary,
                directory.resolve(name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** The text of a file, or null if there is none. What is no file is set aside: to open a FIFO would take for ever. */
    @Nullable
    String read(String name) throws IOException {
        clear(name);
        try {
            return Files.readString(directory.resolve(name));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** The bytes of a file as {@link #read} gives its text. */
    byte @Nullable [] readBytes(String name) throws IOException {
        clear(name);
        try {
            return Files.readAllBytes(directory.resolve(name));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Moves a file that cannot be used out of the way, where a person can look at it. */
    void setAside(String name, String why) {
        Path aside = directory.resolve(name + ".unreadable");
        for (int number = 2; number <= MOST_ASIDE && Files.isDirectory(aside, LinkOption.NOFOLLOW_LINKS); number++) {
            aside = directory.resolve(name + ".unreadable-" + number);
        }
        try {
            Files.move(directory.resolve(name), aside, StandardCopyOption.REPLACE_EXISTING);
            log.warn("{} cannot be used ({}); it is kept as {}", directory.resolve(name), why, aside);
        } catch (IOException e) {
            log.warn("{} cannot be used ({}) nor moved aside: {}", directory.resolve(name), why, e.toString());
        }
    }

    private void clear(String name) throws IOException {
        Path path = directory.resolve(name);
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            setAside(name, "it is no file");
            if (Files.exists(path)) {
                throw new IOException(path + " is no file; remove it");
            }
        }
    }

    private static void makeReadable(Path file) throws IOException {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        } catch (UnsupportedOperationException e) {
            log.debug("no POSIX permissions on {}", file);
        }
    }
}
