import org.jspecify.annotations.NullMarked;

/** Distribution of files of a watched folder, as a subsystem. */
@NullMarked
module dev.swarm.filecast {
    requires static transitive org.jspecify;
    requires transitive dev.swarm.core;
    requires org.slf4j;
}
