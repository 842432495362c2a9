/** The plugin: one lockbox for each user of this machine, kept the same on all machines of the user. */
@NullMarked
package dev.swarm.lockbox;

import org.jspecify.annotations.NullMarked;
