package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.GraveMarkers;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.crdt.KeyHash;
import dev.swarm.crdt.VersionedKey;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Markers for what was pruned, and the signed revocations behind the latest of them.
 *
 * <p>A marker keeps a dead entry out of this node; the revocation, shown to whoever still offers that entry, ends it there
 * too. Without its revocation a marker still does the former. Confined to the manifest's thread.
 */
final class Graves {

    /**
     * Revocations kept, some 500 bytes each: enough for a node that was away to catch up with years of an ordinary fleet's
     * revocations, at 32 MiB in the worst case.
     */
    static final int MAX_PROOFS = 65_536;

    /** The host name before all others. */
    private static final PeerId FIRST = new PeerId("-");

    private final GraveMarkers<BlobId> blobs = new GraveMarkers<>();
    private final GraveMarkers<EntryKey> entries = new GraveMarkers<>();
    private final Map<KeyHash, EntryKey> keys = new HashMap<>();
    private final NavigableMap<EntryKey, VerifiedEntry> proofs = new TreeMap<>();
    private final Set<EntryKey> proofsByAge = new LinkedHashSet<>();
    private final ChangeLog changes;

    Graves(ChangeLog changes) {
        this.changes = changes;
    }

    /** Whether an entry is dead. A ban is not, but for its author's own later word. */
    boolean refuses(VerifiedEntry entry) {
        ManifestEntry content = entry.entry();
        return entries.refuses(content.key(), content.clock())
                || (!BlobView.isBan(entry) && blobs.refuses(content.blob(), content.clock()));
    }

    /** Whether a version that a peer lists is known to be dead. */
    boolean refuses(VersionedKey version) {
        EntryKey key = keys.get(version.key());
        return key != null && entries.refuses(key, version.clock());
    }

    /** The revocation that ended a dead version, if it is later and still kept. */
    @Nullable
    VerifiedEntry proofAgainst(VersionedKey version) {
        EntryKey key = keys.get(version.key());
        if (key == null) {
            return null;
        }
        VerifiedEntry own = proofs.get(key);
        if (own != null && own.entry().clock().isAfter(version.clock())) {
            return own;
        }
        for (VerifiedEntry proof :
                proofs.tailMap(new EntryKey(key.blob(), FIRST)).values()) {
            ManifestEntry content = proof.entry();
            if (!content.blob().equals(key.blob())) {
                return null;
            }
            if (proof.isByOperator()
                    && !content.clock().isBefore(version.clock())
                    && !content.key().equals(key)) {
                return proof;
            }
        }
        return null;
    }

    /** Marks every entry of a blob as dead up to a time. */
    void buryBlob(BlobId blob, HybridTimestamp upTo) {
        if (blobs.bury(blob, upTo)) {
            changes.blobMarker(blob);
        }
    }

    /** Marks an author's entry as dead up to a time. */
    void buryEntry(EntryKey key, HybridTimestamp upTo) {
        if (entries.bury(key, upTo)) {
            keys.put(SignedEntry.hashOf(key), key);
            changes.entryMarker(key);
        }
    }

    /** Marks an entry that its blob's marker refused, so that it is not asked for again. */
    void buryRefused(EntryKey key) {
        HybridTimestamp upTo = blobs.view().get(key.blob());
        if (upTo != null) {
            buryEntry(key, upTo);
        }
    }

    void keepProof(VerifiedEntry revocation) {
        EntryKey key = revocation.entry().key();
        proofs.put(key, revocation);
        changes.proof(key);
        proofsByAge.remove(key);
        proofsByAge.add(key);
        if (proofsByAge.size() > MAX_PROOFS) {
            EntryKey oldest = proofsByAge.iterator().next();
            proofsByAge.remove(oldest);
            proofs.remove(oldest);
        }
    }

    /** Up to when every entry of a blob is dead; zero if it is not. */
    HybridTimestamp blobMarker(BlobId blob) {
        return blobs.view().getOrDefault(blob, HybridTimestamp.ZERO);
    }

    /** Whether some entry of a blob, or all up to a time, are dead. */
    boolean buries(BlobId blob) {
        return blobs.view().containsKey(blob)
                || entries.view().keySet().stream().anyMatch(key -> key.blob().equals(blob));
    }

    /** Whether an author's entry is dead up to a time. */
    boolean buries(EntryKey key) {
        return entries.view().containsKey(key);
    }

    int dropBelow(HybridTimestamp horizon) {
        int dropped = blobs.dropBelow(horizon) + entries.dropBelow(horizon);
        keys.values().retainAll(entries.view().keySet());
        proofs.values().removeIf(proof -> proof.entry().clock().isBefore(horizon));
        proofsByAge.retainAll(proofs.keySet());
        return dropped;
    }

    Map<BlobId, HybridTimestamp> blobMarkers() {
        return blobs.view();
    }

    Map<EntryKey, HybridTimestamp> entryMarkers() {
        return entries.view();
    }

    HybridTimestamp horizon() {
        return HybridTimestamp.max(blobs.horizon(), entries.horizon());
    }

    /** The proof that is kept under a key; null if none is. */
    @Nullable
    VerifiedEntry proof(EntryKey key) {
        return proofs.get(key);
    }

    List<SignedEntry> proofs() {
        List<SignedEntry> byAge = new ArrayList<>(proofsByAge.size());
        for (EntryKey key : proofsByAge) {
            VerifiedEntry proof = proofs.get(key);
            if (proof != null) {
                byAge.add(proof.signed());
            }
        }
        return byAge;
    }
}
