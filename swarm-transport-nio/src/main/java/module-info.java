import org.jspecify.annotations.NullMarked;

/** A transport over selector loops, TLS 1.3 and HTTP/1.1, with multicast discovery. */
@NullMarked
module dev.swarm.transport.nio {
    requires static transitive org.jspecify;
    requires static jdk.jfr;
    requires transitive dev.swarm.core;
    requires org.slf4j;

    provides dev.swarm.transport.TransportProvider with
            dev.swarm.transport.nio.NioTransportProvider;
}
