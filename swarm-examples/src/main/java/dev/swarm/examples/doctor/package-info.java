/** Looks for what commonly keeps a node from doing its work, and says what to do about it. */
@NullMarked
package dev.swarm.examples.doctor;

import org.jspecify.annotations.NullMarked;
