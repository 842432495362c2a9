package dev.swarm.transport.nio;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A stream of bytes to and from a peer that moves what it can and never blocks. Confined to its loop. */
interface Wire {

    /** Has readiness reported to {@code owner}; for nothing until {@link #want} is called. */
    void attach(Loop.Ready owner) throws IOException;

    /** Whether the connection stands. */
    boolean isConnected();

    /** Completes the connection; answers whether it stands. */
    boolean finishConnect() throws IOException;

    /** Whether the loop has found something to read, during {@link Loop.Ready#ready}. */
    boolean isReadable();

    /** Reads what is here: the number of bytes, 0 if there are none now, -1 if the peer sends no more. */
    int read(ByteBuffer target) throws IOException;

    /** Writes what goes out at once; answers the number of bytes. */
    int write(ByteBuffer source) throws IOException;

    /** Says that nothing more is written. */
    void shutdownOutput() throws IOException;

    /** Sets the operations to be told of, as {@link java.nio.channels.SelectionKey} counts them. */
    void want(int operations);

    /** Has {@link #close} reset the connection: what was written and has not gone out is dropped. */
    void dropUnsent();

    /** Closes at once; what was written still goes out. Repeated calls do nothing. */
    void close();
}
