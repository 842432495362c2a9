/** What fleets take in virtual time, ours and models of other designs on the same lines: one command writes tables and charts. */
@NullMarked
package dev.swarm.benchmarks.experiments;

import org.jspecify.annotations.NullMarked;
