package dev.swarm.transport.nio;

import dev.swarm.transport.Transport;
import dev.swarm.transport.TransportConfig;
import dev.swarm.transport.TransportProvider;

/** Opens transports over selector loops. Stateless; found by {@link java.util.ServiceLoader}. */
public final class NioTransportProvider implements TransportProvider {

    /** A provider; made by the service loader. */
    public NioTransportProvider() {}

    @Override
    public String name() {
        return "nio";
    }

    @Override
    public Transport open(TransportConfig config) {
        return NioTransport.open(config);
    }
}
