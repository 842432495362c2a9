/**
 * Models of other designs on the simulator's lines, with their published defaults. They know at once what others hold, lose nothing
 * and hash nothing, so that each does at least as well here as the design does.
 */
@NullMarked
package dev.swarm.benchmarks.designs;

import org.jspecify.annotations.NullMarked;
