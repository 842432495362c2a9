/** What becomes of the files that an operator puts into, changes in and takes from the seed directory: decisions, no I/O. */
@NullMarked
package dev.swarm.lifecycle;

import org.jspecify.annotations.NullMarked;
