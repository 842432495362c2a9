/** How far blobs have come across a fleet, as far as one node of it can tell. */
@NullMarked
package dev.swarm.examples.fleet;

import org.jspecify.annotations.NullMarked;
