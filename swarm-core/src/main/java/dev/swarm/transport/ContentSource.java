package dev.swarm.transport;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A body of known length that is read when the connection can take it. Implemented by callers.
 *
 * <p>Used by one thread at a time. The transport that takes it closes it, whether the message was sent or not.
 */
public interface ContentSource extends AutoCloseable {

    /** How many bytes {@link #read} gives in all. */
    long length();

    /**
     * Reads on, blocking while the disk does. Called on the transport's worker threads, never on an event loop.
     *
     * @param target takes at least one byte and at most what remains in it
     * @throws IOException if fewer bytes than promised can be read; the connection is then cut, as the length is out already
     */
    void read(ByteBuffer target) throws IOException;

    /** Lets go of what the source holds. Repeated calls do nothing. */
    @Override
    void close();
}
