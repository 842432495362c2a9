import org.jspecify.annotations.NullMarked;

/** A user's directory, encrypted on every machine of the user, as a subsystem. */
@NullMarked
module dev.swarm.lockbox {
    requires static transitive org.jspecify;
    requires transitive dev.swarm.core;
    requires org.slf4j;

    exports dev.swarm.lockbox;
    exports dev.swarm.lockbox.age;

    provides dev.swarm.subsystem.SubsystemProvider with
            dev.swarm.lockbox.LockboxProvider;
}
