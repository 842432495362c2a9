/** A lockbox's encryption beside the age command's. */
@NullMarked
package dev.swarm.benchmarks.lockbox;

import org.jspecify.annotations.NullMarked;
