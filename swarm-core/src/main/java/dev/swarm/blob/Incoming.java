package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A blob that is being received, as the store sees it. Safe for many threads. */
interface Incoming extends PartialBlob {

    BlobId id();

    BlobLayout layout();

    /** What is here of it. */
    BlobCache.Holding holding();

    /** Whether all the leaves of a range of bytes can be read. */
    boolean holds(long from, long to);

    /** Reads bytes of leaves that are held; -1 if this has ended meanwhile. */
    int read(long offset, ByteBuffer target, int length) throws IOException;

    /** Ends reads and writes under way. */
    void abandon() throws IOException;
}
