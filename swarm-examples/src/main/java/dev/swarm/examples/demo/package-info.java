/** A whole fleet in one process, to see what the library does. */
@NullMarked
package dev.swarm.examples.demo;

import org.jspecify.annotations.NullMarked;
