package dev.swarm.node;

import dev.swarm.crdt.Fingerprint;
import org.jspecify.annotations.Nullable;

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

    /** Written out, as it is mostly compared with itself. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Standing standing
                        && manifest.equals(standing.manifest)
                        && entries == standing.entries
                        && denyList == standing.denyList);
    }

    @Override
    public int hashCode() {
        return manifest.hashCode();
    }
}
