/** Programs to copy from, and the node behind the swarm command. */
@NullMarked
package dev.swarm.examples;

import org.jspecify.annotations.NullMarked;
