/** What a node knows of other nodes: who they are, where they are, what they hold and how far they are trusted. */
@NullMarked
package dev.swarm.peer;

import org.jspecify.annotations.NullMarked;
