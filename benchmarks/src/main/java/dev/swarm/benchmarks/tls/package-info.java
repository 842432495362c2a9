/** Bare TLS, as the JDK gives it: what every transport on it is measured against. */
@NullMarked
package dev.swarm.benchmarks.tls;

import org.jspecify.annotations.NullMarked;
