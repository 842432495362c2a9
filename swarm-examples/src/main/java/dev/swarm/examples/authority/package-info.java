/** A certificate authority for trying out and for small fleets. */
@NullMarked
package dev.swarm.examples.authority;

import org.jspecify.annotations.NullMarked;
