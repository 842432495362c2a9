/**
 * What nodes and coordinators say to each other at a check-in, and what a coordinator keeps of it. Pure: no clock, socket, file
 * or thread.
 */
@NullMarked
package dev.swarm.coordinate;

import org.jspecify.annotations.NullMarked;
