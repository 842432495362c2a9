/** Whether a file system has room for what is about to be written to it. */
@NullMarked
package dev.swarm.disk;

import org.jspecify.annotations.NullMarked;
