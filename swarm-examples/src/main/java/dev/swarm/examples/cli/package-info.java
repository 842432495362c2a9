/** The {@code swarm} command. */
@NullMarked
package dev.swarm.examples.cli;

import org.jspecify.annotations.NullMarked;
