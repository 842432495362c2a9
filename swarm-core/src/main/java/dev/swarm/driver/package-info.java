/** Runs a {@link dev.swarm.node.NodeMachine} on sockets, disks and real time. */
@NullMarked
package dev.swarm.driver;

import org.jspecify.annotations.NullMarked;
