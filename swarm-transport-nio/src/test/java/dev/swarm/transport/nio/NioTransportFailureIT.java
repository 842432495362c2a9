package dev.swarm.transport.nio;

import dev.swarm.transport.TransportFailureContract;
import dev.swarm.transport.TransportProvider;

class NioTransportFailureIT extends TransportFailureContract {

    @Override
    protected TransportProvider provider() {
        return new NioTransportProvider();
    }
}
