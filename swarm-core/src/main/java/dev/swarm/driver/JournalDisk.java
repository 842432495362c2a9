package dev.swarm.driver;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The file operations that the manifest's journal is made of, so that tests can cut the power between any two. All files are in
 * one directory and for their owner alone. Used by one thread at a time.
 */
interface JournalDisk {

    /** The content of a file; null if there is none of that name. */
    byte @Nullable [] read(String name) throws IOException;

    /** Opens a new file; what was there is cut off. */
    File create(String name) throws IOException;

    /** Opens a file that is there, to write after its first {@code length} bytes; the others are cut off. */
    File open(String name, long length) throws IOException;

    /** Moves a file, replacing what is there, in one step. */
    void rename(String from, String to) throws IOException;

    /** Returns when the directory's entries are on disk. */
    void forceDirectory() throws IOException;

    /** Where a file is, for messages. */
    String describe(String name);

    /** An open file. */
    interface File extends Closeable {

        /** Writes all bytes to the end of the file. */
        void append(ByteBuffer bytes) throws IOException;

        /** Returns when the content is on disk. */
        void force() throws IOException;
    }
}
