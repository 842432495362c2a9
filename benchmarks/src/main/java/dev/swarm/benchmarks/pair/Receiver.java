package dev.swarm.benchmarks.pair;

import java.io.IOException;

/** The receiving end of a contestant. Its methods are called in turn by one thread. */
interface Receiver extends AutoCloseable {

    /** Does what a transfer needs beforehand; not measured. Connections of the transfer before may stay. */
    void prepare(int connections) throws IOException;

    /** Moves the whole content; measured. */
    void fetch() throws IOException;

    /** Clears up after a transfer; not measured. */
    void settle() throws IOException;

    @Override
    void close() throws IOException;
}
