/** How nodes exchange requests: the contract between the node's decisions and the wire that carries them. */
@NullMarked
package dev.swarm.transport;

import org.jspecify.annotations.NullMarked;
