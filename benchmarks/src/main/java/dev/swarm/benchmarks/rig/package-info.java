/** What benchmarks are set up with: a fleet, bare TLS as the JDK gives it, and a transport on loopback. */
@NullMarked
package dev.swarm.benchmarks.rig;

import org.jspecify.annotations.NullMarked;
