package dev.swarm.examples.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that only its owner may read, written whole or not at all. Stateless. */
final class NewPrivateFile {

    private static final FileAttribute<?>[] NO_ATTRIBUTES = {};

    private NewPrivateFile() {}

    /** Writes content. */
    interface Content<T> {

        /** Writes all of it; what it gives is given to the caller. */
        T write(OutputStream target) throws IOException;
    }

    /**
     * Writes a file.
     *
     * @param replace whether a file that is there gives way, once the new one is complete
     */
    static <T> T write(Path file, boolean replace, Content<T> content) throws IOException {
        Path draft = replace ? file.resolveSibling("." + file.getFileName() + ".decrypting") : file;
        if (replace) {
            Files.deleteIfExists(draft);
        }
        boolean done = false;
        try (OutputStream target = create(draft)) {
            try {
                T result = content.write(target);
                done = true;
                return result;
            } finally {
                if (!done) {
                    Files.deleteIfExists(draft);
                } else if (replace) {
                    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static OutputStream create(Path file) throws IOException {
        FileAttribute<?>[] attributes =
                file.getFileSystem().supportedFileAttributeViews().contains("posix")
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                        }
                        : NO_ATTRIBUTES;
        try {
            return Channels.newOutputStream(Files.newByteChannel(
                    file, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW), attributes));
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailure(
                    CommandFailure.FAILED, file + " exists already; name another file, or add --force");
        }
    }
}
