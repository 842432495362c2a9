package dev.swarm.transport.nio;

import dev.swarm.transport.TransportContract;
import dev.swarm.transport.TransportProvider;

class NioTransportIT extends TransportContract {

    @Override
    protected TransportProvider provider() {
        return new NioTransportProvider();
    }
}
