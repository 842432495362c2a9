/**
 * The manifest: which blobs the fleet distributes, to whom, and which were revoked.
 *
 * <p>Entries are signed by their authors and merge to one state on every node, whatever the order of delivery. Nothing
 * here reads a clock, opens a file or starts a thread: bytes and the current time come in, bytes and decisions go out.
 */
@NullMarked
package dev.swarm.manifest;

import org.jspecify.annotations.NullMarked;
