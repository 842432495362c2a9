package dev.swarm.lifecycle;

import dev.swarm.blob.BlobId;

/**
 * What a ledger knows of a file in the seed directory. Immutable.
 *
 * @param size its size in bytes when it was hashed
 * @param modifiedMillis when it had been changed by then, milliseconds since the epoch
 * @param terms what its {@code .swarm} said last
 * @param blob its content
 * @param published whether its content is published
 * @param joined false if other names of the content are published and its own terms do not count
 */
record KnownSeed(long size, long modifiedMillis, SeedTerms terms, BlobId blob, boolean published, boolean joined) {

    boolean isSame(SeedFile file) {
        return size == file.size() && modifiedMillis == file.modifiedMillis();
    }

    KnownSeed with(SeedTerms newTerms) {
        return new KnownSeed(size, modifiedMillis, newTerms, blob, published, joined);
    }

    /** The same with a time and a size that no file has. */
    KnownSeed unread() {
        return new KnownSeed(-1, Long.MIN_VALUE, terms, blob, published, joined);
    }

    KnownSeed published(boolean is) {
        return new KnownSeed(size, modifiedMillis, terms, blob, is, joined);
    }

    KnownSeed together() {
        return new KnownSeed(size, modifiedMillis, terms, blob, published, true);
    }

    /** Its content is published, though not by its terms. */
    KnownSeed apart() {
        return new KnownSeed(size, modifiedMillis, terms, blob, true, false);
    }
}
