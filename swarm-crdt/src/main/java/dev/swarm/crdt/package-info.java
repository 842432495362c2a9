/** Mergeable data types: hybrid timestamps, last-writer-wins maps, grow-only sets and their deltas. */
@NullMarked
package dev.swarm.crdt;

import org.jspecify.annotations.NullMarked;
