/**
 * Models of other designs on the simulator's lines, with their published defaults. They know at once what others hold, lose
 * nothing and hash nothing.
 */
@NullMarked
package dev.swarm.benchmarks.designs;

import org.jspecify.annotations.NullMarked;
