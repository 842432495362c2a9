package dev.swarm.lockbox.vault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file operations that a vault is made of, so that tests can stop the machine between any two. Paths are relative to the vault,
 * with {@code /} between names; the empty path is the vault. No link is ever followed.
 */
public interface VaultDisk {

    /** What is at a path; null if nothing is. */
    @Nullable
    Stat stat(String path) throws IOException;

    /** The names in a directory, in no order. */
    List<String> list(String directory) throws IOException;

    /** Opens a file; the caller closes it. */
    InputStream read(String path) throws IOException;

    /** Makes a file that only its owner may read; fails if there is one. */
    NewFile create(String path) throws IOException;

    /** Opens a file that is there, to write after its first {@code length} bytes; the others are cut off. */
    NewFile open(String path, long length) throws IOException;

    /** Moves a file, replacing one that is there, in one step. */
    void rename(String from, String to) throws IOException;

    /** Moves a file where nothing is; whether nothing was. */
    boolean renameNew(String from, String to) throws IOException;

    /** Makes a directory that only its owner may enter, and its parents, where they are missing. */
    void makeDirectory(String path) throws IOException;

    /** Deletes a file or an empty directory; whether there was one. */
    boolean delete(String path) throws IOException;

    /** Sets the permissions of a directory, as in {@code chmod}, where the system has such a thing. */
    void setMode(String path, int mode) throws IOException;

    /** Sets the time of the last change. */
    void setModified(String path, long epochNanos) throws IOException;

    /** Returns when the contents of all these files, made here, are on disk. */
    default void force(Collection<NewFile> files) throws IOException {
        for (NewFile file : files) {
            file.force();
        }
    }

    /** Returns when the entries of a directory are on disk. */
    void force(String directory) throws IOException;

    /** What an entry of a directory is. */
    enum Kind {
        FILE,
        DIRECTORY,
        LINK,
        OTHER
    }

    /**
     * An entry of a directory. Two that are equal have, as far as the file system tells, the same content.
     *
     * @param kind what it is
     * @param size in bytes
     * @param modifiedNanos time of the last change of its content, in nanoseconds from the epoch
     * @param fileKey tells files of a machine apart; 0 where the system has no such thing
     * @param mode permissions as in {@code chmod}; 0600 or 0700 where the system has none
     * @param links names that it has, this one included
     */
    record Stat(Kind kind, long size, long modifiedNanos, long fileKey, int mode, int links) {}

    /** A file that is being written. */
    abstract class NewFile extends OutputStream {

        /** Returns when the content is on disk. */
        public abstract void force() throws IOException;
    }
}
