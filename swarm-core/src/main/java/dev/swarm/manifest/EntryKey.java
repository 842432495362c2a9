package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.peer.PeerId;
import java.util.Objects;

/**
 * What an entry is filed under: two nodes may publish the same bytes, and neither touches the other's entry. Immutable;
 * ordered by blob, then by author.
 *
 * @param blob the blob
 * @param author who signed the entry
 */
public record EntryKey(BlobId blob, PeerId author) implements Comparable<EntryKey> {

    /** Checks that nothing is null. */
    public EntryKey {
        Objects.requireNonNull(blob, "blob");
        Objects.requireNonNull(author, "author");
    }

    @Override
    public int compareTo(EntryKey other) {
        int byBlob = blob.compareTo(other.blob);
        return byBlob != 0 ? byBlob : author.compareTo(other.author);
    }

    @Override
    public String toString() {
        return blob + " by " + author;
    }
}
