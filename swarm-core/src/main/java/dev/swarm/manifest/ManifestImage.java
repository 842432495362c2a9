package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.HybridTimestamp;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * All that a manifest remembers, for storage. Immutable.
 *
 * @param version changes accepted until then
 * @param entries the signed entries
 * @param proofs signed revocations that were pruned and are kept to be shown to those who missed them
 * @param buriedBlobs blobs of which no entry up to that time is taken in
 * @param buriedEntries entries of which no version up to that time is taken in
 * @param horizon time before which no markers are kept
 * @param purgedUpTo revocations up to that time are no longer shown to readers of the manifest
 */
public record ManifestImage(
        long version,
        List<SignedEntry> entries,
        List<SignedEntry> proofs,
        Map<BlobId, HybridTimestamp> buriedBlobs,
        Map<EntryKey, HybridTimestamp> buriedEntries,
        HybridTimestamp horizon,
        HybridTimestamp purgedUpTo) {

    /** The image of a manifest that was never written. */
    public static final ManifestImage EMPTY =
            new ManifestImage(0, List.of(), List.of(), Map.of(), Map.of(), HybridTimestamp.ZERO, HybridTimestamp.ZERO);

    /** Copies the collections. */
    public ManifestImage {
        if (version < 0) {
            throw new IllegalArgumentException("manifest version is " + version + ", has to be at least 0");
        }
        entries = List.copyOf(entries);
        proofs = List.copyOf(proofs);
        buriedBlobs = Map.copyOf(buriedBlobs);
        buriedEntries = Map.copyOf(buriedEntries);
        Objects.requireNonNull(horizon, "horizon");
        Objects.requireNonNull(purgedUpTo, "purgedUpTo");
    }
}
