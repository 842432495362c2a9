/** Very many small files from one node to another, in processes of their own. */
@NullMarked
package dev.swarm.benchmarks.small;

import org.jspecify.annotations.NullMarked;
