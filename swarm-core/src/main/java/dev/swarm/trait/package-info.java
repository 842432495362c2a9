/** JSON as the library writes and reads it: what a node reports about itself, and the files it keeps. */
@NullMarked
package dev.swarm.trait;

import org.jspecify.annotations.NullMarked;
