import org.jspecify.annotations.NullMarked;

/** Distribution of files of a watched folder, as a subsystem. */
@NullMarked
module dev.swarm.filecast {
    requires static transitive org.jspecify;
    requires transitive dev.swarm.core;
    requires org.slf4j;

    exports dev.swarm.filecast;

    provides dev.swarm.subsystem.SubsystemProvider with
            dev.swarm.filecast.FilecastProvider;
}
