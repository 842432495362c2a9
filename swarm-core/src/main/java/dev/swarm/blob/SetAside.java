package dev.swarm.blob;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Moves what the store cannot use, and what is in its way, to where a person can look at it. For the holder of the blob's lock. */
final class SetAside {

    private static final Logger log = LoggerFactory.getLogger(SetAside.class);

    private static final String ENDING = ".unreadable";

    /** Directories of one name that are kept; of files the last one is. */
    private static final int MOST = 9;

    /** How the JDK passes EIO, EUCLEAN and EBADMSG on. */
    private static final Pattern BAD_FILE = Pattern.compile("Input/output error|Structure needs cleaning|Bad message");

    private final Disk disk;

    SetAside(Disk disk) {
        this.disk = disk;
    }

    /** Reads one file. */
    interface Reading<T> {
        @Nullable
        T of(Path path) throws IOException;
    }

    /** Whether reading failed for what the one file is, so that it will fail again: too many open files say nothing of it. */
    static boolean isOfTheFile(IOException failure) {
        return failure instanceof AccessDeniedException
                || BAD_FILE.matcher(String.valueOf(failure.getMessage())).find();
    }

    /**
     * Reads a file; null if it is not there, or cannot be read and is set aside.
     *
     * @throws IOException for a failure that is not the file's
     */
    <T> @Nullable T readable(Path path, Reading<T> reading) throws IOException {
        Disk.Stat stat = disk.stat(path);
        if (stat == null) {
            return null;
        }
        if (stat.kind() != Disk.Kind.FILE) {
            move(path, "it is no file");
            return null;
        }
        try {
            return reading.of(path);
        } catch (IOException e) {
            if (!isOfTheFile(e)) {
                throw e;
            }
            move(path, e.toString());
            return null;
        }
    }

    /** Renames; a directory that stands where the file is to go is set aside. */
    void rename(Path from, Path to) throws IOException {
        try {
            disk.rename(from, to);
        } catch (IOException e) {
            Disk.Stat stat = disk.stat(to);
            if (stat == null || stat.kind() != Disk.Kind.DIRECTORY) {
                throw e;
            }
            move(to, "it is no file");
            disk.rename(from, to);
        }
    }

    /** Moves a file or directory aside and says so. */
    void move(Path path, String why) throws IOException {
        Path aside = free(path);
        disk.rename(path, aside);
        log.warn("{} cannot be used ({}); it is kept as {}", path, why, aside);
    }

    private Path free(Path path) throws IOException {
        Path aside = path.resolveSibling(path.getFileName() + ENDING);
        Disk.Stat stat = disk.stat(path);
        boolean directory = stat != null && stat.kind() == Disk.Kind.DIRECTORY;
        for (int number = 2; number <= MOST && isTaken(aside, directory); number++) {
            aside = path.resolveSibling(path.getFileName() + ENDING + "-" + number);
        }
        return aside;
    }

    /** A file takes the place of a file, and of nothing else. */
    private boolean isTaken(Path aside, boolean byDirectory) throws IOException {
        Disk.Stat stat = disk.stat(aside);
        return stat != null && (byDirectory || stat.kind() == Disk.Kind.DIRECTORY);
    }
}
