package dev.swarm.blob;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file operations that the store is made of, so that tests can fail each of them and cut the power between any two. Safe
 * for many threads.
 */
interface Disk {

    /** What is at a path; a link is not followed. Null if nothing is. */
    @Nullable
    Stat stat(Path path) throws IOException;

    /**
     * Whether something is at a path, or where a link leads to that is there. Where nothing is, this takes a fraction of what
     * {@link #stat} does.
     */
    boolean exists(Path path);

    /** The names in a directory, in no order. */
    List<String> list(Path directory) throws IOException;

    /** Opens a file; fails if the path is a link. */
    File open(Path path, Access access) throws IOException;

    /** Makes a directory and its parents where they are missing. */
    void makeDirectory(Path directory, boolean ownerOnly) throws IOException;

    /** Takes everybody's rights but the owner's from a file or directory, where the file system knows rights. */
    void restrictToOwner(Path path) throws IOException;

    /** Moves a file or link, replacing what is there, in one step. */
    void rename(Path from, Path to) throws IOException;

    /** Deletes a file, link or empty directory; whether there was one. */
    boolean delete(Path path) throws IOException;

    /** Whether {@link #makeLink} works in {@code directory}. */
    boolean canLink(Path directory);

    /** Makes a symbolic link. */
    void makeLink(Path link, Path target) throws IOException;

    /** The target of a symbolic link, as it was given. */
    Path readLink(Path link) throws IOException;

    /** Sets the time of the last change. */
    void setModified(Path path, long epochMillis) throws IOException;

    /** Returns when the entries of a directory are on disk. */
    void forceDirectory(Path directory) throws IOException;

    /** How a file is opened. */
    enum Access {
        /** To read what is there. */
        READ,
        /** To read and write what is there, or a new file. */
        UPDATE,
        /** To read and write from nothing; what was there is cut off. */
        REPLACE
    }

    /** What an entry of a directory is. */
    enum Kind {
        FILE,
        DIRECTORY,
        LINK,
        OTHER
    }

    /**
     * An entry of a directory.
     *
     * @param kind what it is
     * @param size in bytes
     * @param modifiedNanos time of the last change, in nanoseconds from the epoch, as finely as the file system keeps it
     * @param fileKey tells files of a machine apart; 0 where the system has no such thing
     */
    record Stat(Kind kind, long size, long modifiedNanos, long fileKey) {}

    /** An open file, owner-only when new. Safe for many threads. */
    interface File extends Closeable {

        /** Reads at a position; -1 at the end. */
        int read(ByteBuffer target, long position) throws IOException;

        /** Writes at a position, some or all. */
        int write(ByteBuffer source, long position) throws IOException;

        /** Cuts the file off. */
        void truncate(long size) throws IOException;

        /** How long the file is. */
        long size() throws IOException;

        /** Returns when the content is on disk. */
        void force() throws IOException;
    }
}
