package dev.swarm.transport.nio;

import dev.swarm.transport.TransportIdentityContract;
import dev.swarm.transport.TransportProvider;

/** The selector transport, held to the contract of certificates that change or stop to count. */
final class NioTransportIdentityIT extends TransportIdentityContract {

    @Override
    protected TransportProvider provider() {
        return new NioTransportProvider();
    }
}
