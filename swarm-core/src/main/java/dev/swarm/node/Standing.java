package dev.swarm.node;

import dev.swarm.crdt.Fingerprint;

/**
 * What a node's neighbours compare with what they have.
 *
 * @param manifest the digest of its manifest
 * @param entries how many entries that has
 * @param denyList the number of the deny list in force; 0 for none
 */
record Standing(Fingerprint manifest, int entries, long denyList) {

    /** Of a node of which nothing is known. */
    static final Standing UNKNOWN = new Standing(Fingerprint.ZERO, 0, 0);
}
