package dev.swarm.transport.nio;

import dev.swarm.transport.TransportProvider;
import dev.swarm.transport.TransportStreamingContract;

/** The selector transport, held to the contract of bodies that do not fit in memory. */
final class NioTransportStreamingIT extends TransportStreamingContract {

    @Override
    protected TransportProvider provider() {
        return new NioTransportProvider();
    }
}
