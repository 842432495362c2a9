/** One sender and one receiver in processes of their own: bare loops, the transport and the node, round by round. */
@NullMarked
package dev.swarm.benchmarks.pair;

import org.jspecify.annotations.NullMarked;
