package dev.swarm.transport.nio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** The body of one request on its way to a handler. Filled on the loop, read by the handler. */
interface RequestBody {

    /**
     * Adds bytes.
     *
     * @throws HttpFault if they are more than the route or the node takes
     */
    void append(ByteBuffer data, int count) throws HttpFault;

    /** Whether the reader is behind and nothing more should come for now. */
    boolean isFull();

    /** Whether somebody waits for bytes, so that a client may be told to send them. */
    boolean isAwaited();

    /** The body is whole. */
    void end();

    /** The body will not become whole. */
    void fail(IOException cause);

    /** What a handler sees in memory. */
    ByteBuffer bytes();

    /** What a handler reads. */
    InputStream stream();

    /** Gives back what it was granted of the node's memory. */
    void release();
}
