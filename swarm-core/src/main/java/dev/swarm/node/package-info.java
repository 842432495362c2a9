/**
 * The whole node as one state machine: what it hears and what time it is go in, what to do about it comes out. Two drivers run
 * it, one on sockets and disks, one in virtual time.
 */
@NullMarked
package dev.swarm.node;

import org.jspecify.annotations.NullMarked;
