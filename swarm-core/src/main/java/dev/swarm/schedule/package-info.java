/** Which part of a blob to ask for, from whom, and when to give up: decisions without clock, socket or thread. */
@NullMarked
package dev.swarm.schedule;

import org.jspecify.annotations.NullMarked;
