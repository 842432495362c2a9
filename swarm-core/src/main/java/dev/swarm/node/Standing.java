package dev.swarm.node;

import dev.swarm.crdt.Fingerprint;

/**
 * What a node's neighbours compare with what they have.
 *
 * @param manifest the digest of its manifest
 * @param denyList the number of the deny list in force; 0 for none
 */
record Standing(Fingerprint manifest, long denyList) {}
