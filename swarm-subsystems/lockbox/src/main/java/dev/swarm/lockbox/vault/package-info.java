/**
 * The directory of one user on one machine: what lies in it, and how a plaintext becomes an age file without a moment at which a
 * crash would lose it.
 */
@NullMarked
package dev.swarm.lockbox.vault;

import org.jspecify.annotations.NullMarked;
