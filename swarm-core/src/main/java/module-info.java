import org.jspecify.annotations.NullMarked;

/** The contracts, the decisions and the local store of a swarm node. */
@NullMarked
module dev.swarm.core {
    requires static transitive org.jspecify;
    requires static jdk.jfr;
    requires transitive dev.swarm.crdt;
    requires transitive com.fasterxml.jackson.core;
    requires org.slf4j;

    exports dev.swarm;
    exports dev.swarm.blob;
    exports dev.swarm.coordinate;
    exports dev.swarm.disk;
    exports dev.swarm.lifecycle;
    exports dev.swarm.manifest;
    exports dev.swarm.node;
    exports dev.swarm.peer;
    exports dev.swarm.schedule;
    exports dev.swarm.subsystem;
    exports dev.swarm.trait;
    exports dev.swarm.transport;
    exports dev.swarm.user;

    uses dev.swarm.subsystem.SubsystemProvider;
    uses dev.swarm.transport.TransportProvider;
}
