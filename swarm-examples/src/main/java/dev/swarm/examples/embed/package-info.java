/** The smallest host application. */
@NullMarked
package dev.swarm.examples.embed;

import org.jspecify.annotations.NullMarked;
