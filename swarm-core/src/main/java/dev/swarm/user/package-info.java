/**
 * People of a fleet's machines: what the host application allows them, and their identity across machines, as plugins that act
 * for users see it.
 */
@NullMarked
package dev.swarm.user;

import org.jspecify.annotations.NullMarked;
