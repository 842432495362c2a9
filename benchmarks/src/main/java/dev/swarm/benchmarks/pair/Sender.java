package dev.swarm.benchmarks.pair;

import dev.swarm.peer.PeerAddress;
import java.io.IOException;

/** The sending end of a contestant. Serves from its making until it is closed. */
interface Sender extends AutoCloseable {

    /** Where it listens. */
    PeerAddress address();

    @Override
    void close() throws IOException;
}
