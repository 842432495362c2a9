/** Entry point of the library: the node, its configuration and its exceptions. */
@NullMarked
package dev.swarm;

import org.jspecify.annotations.NullMarked;
