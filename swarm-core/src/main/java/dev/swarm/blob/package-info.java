/** Content: how it is named, divided and verified, and the local store that holds it. */
@NullMarked
package dev.swarm.blob;

import org.jspecify.annotations.NullMarked;
