package dev.swarm.manifest;

import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import java.util.List;
import java.util.Objects;

/**
 * A manifest as its readers see it: one row for each blob, its authors' entries joined. Immutable.
 *
 * @param fleet whose manifest it is
 * @param version how often the manifest had changed
 * @param digest the fingerprint of all its entries, also of those that are not shown
 * @param purgedUpTo blobs whose last word is a revocation up to that time are not shown
 * @param rows the blobs
 */
public record ManifestView(
        FleetId fleet, long version, Fingerprint digest, HybridTimestamp purgedUpTo, List<Row> rows) {

    /** Checks that nothing is null and copies the rows. */
    public ManifestView {
        Objects.requireNonNull(fleet, "fleet");
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(purgedUpTo, "purgedUpTo");
        rows = List.copyOf(rows);
    }

    /**
     * One blob.
     *
     * @param entry the entry that speaks for it, as {@link BlobView#winner} tells
     * @param state what all its authors together make of it
     * @param authors every author's own word, in the order of {@link BlobView#entries}
     */
    public record Row(ManifestEntry entry, EntryState state, List<Word> authors) {

        /** Checks that nothing is null and copies the authors. */
        public Row {
            Objects.requireNonNull(entry, "entry");
            Objects.requireNonNull(state, "state");
            authors = List.copyOf(authors);
        }

        static Row of(BlobView blob) {
            return new Row(
                    blob.winner().entry(),
                    blob.state(),
                    blob.entries().stream().map(Word::of).toList());
        }

        /** Whether the blob is shown after a purge. */
        boolean outlasts(HybridTimestamp purge) {
            return state != EntryState.REVOKED || lastWord().isAfter(purge);
        }

        private HybridTimestamp lastWord() {
            return authors.stream().map(Word::clock).reduce(entry.clock(), HybridTimestamp::max);
        }
    }

    /**
     * What one author says of a blob.
     *
     * @param author who says it
     * @param state what
     * @param clock when
     */
    public record Word(PeerId author, EntryState state, HybridTimestamp clock) {

        /** Checks that nothing is null. */
        public Word {
            Objects.requireNonNull(author, "author");
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(clock, "clock");
        }

        static Word of(VerifiedEntry entry) {
            return new Word(
                    entry.entry().author(), entry.entry().state(), entry.entry().clock());
        }
    }

    /** A view of these blobs, those left out that a purge has taken from sight. */
    public static ManifestView of(
            FleetId fleet, long version, Fingerprint digest, HybridTimestamp purgedUpTo, List<BlobView> blobs) {
        List<Row> rows = blobs.stream()
                .map(Row::of)
                .filter(row -> row.outlasts(purgedUpTo))
                .toList();
        return new ManifestView(fleet, version, digest, purgedUpTo, rows);
    }
}
