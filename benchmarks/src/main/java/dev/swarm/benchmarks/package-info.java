/** Microbenchmarks and experiments; run through the JMH command line. */
@NullMarked
package dev.swarm.benchmarks;

import org.jspecify.annotations.NullMarked;
