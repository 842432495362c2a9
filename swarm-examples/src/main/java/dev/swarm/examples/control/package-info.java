/** The Unix socket by which the command asks a running node to do something. */
@NullMarked
package dev.swarm.examples.control;

import org.jspecify.annotations.NullMarked;
