/** The contract of plugins: what a node offers them, and what it asks of them. */
@NullMarked
package dev.swarm.subsystem;

import org.jspecify.annotations.NullMarked;
