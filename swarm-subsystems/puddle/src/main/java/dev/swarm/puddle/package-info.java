/** One user's identity across their machines: its key, its devices, its name. */
@NullMarked
package dev.swarm.puddle;

import org.jspecify.annotations.NullMarked;
