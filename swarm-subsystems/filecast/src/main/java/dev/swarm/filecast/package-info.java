/** Distribution of the files of a watched folder to the hosts they are meant for. */
@NullMarked
package dev.swarm.filecast;

import org.jspecify.annotations.NullMarked;
