import org.jspecify.annotations.NullMarked;

/** Pure, mergeable data types; no I/O, no logging, no clock of its own. */
@NullMarked
module dev.swarm.crdt {
    requires static transitive org.jspecify;

    exports dev.swarm.crdt;
}
