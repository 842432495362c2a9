import org.jspecify.annotations.NullMarked;

/** One user's identity across their machines, as a subsystem. */
@NullMarked
module dev.swarm.puddle {
    requires static transitive org.jspecify;
    requires transitive dev.swarm.core;
    requires org.bouncycastle.provider;
    requires org.slf4j;

    exports dev.swarm.puddle;

    provides dev.swarm.subsystem.SubsystemProvider with
            dev.swarm.puddle.PuddleProvider;
}
