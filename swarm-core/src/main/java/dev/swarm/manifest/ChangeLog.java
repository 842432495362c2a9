package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.HybridTimestamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which parts of a manifest changed since somebody asked. Confined to the manifest's thread. */
final class ChangeLog {

    /**
     * Most parts remembered, 100 bytes each. Past it the whole manifest counts as changed, which costs one writing of it; a
     * driver that drains after every change stays far below.
     */
    static final int MAX_PARTS = 65_536;

    private final Set<EntryKey> entries = new LinkedHashSet<>();
    private final Set<EntryKey> proofs = new LinkedHashSet<>();
    private final Set<EntryKey> entryMarkers = new LinkedHashSet<>();
    private final Set<BlobId> blobMarkers = new LinkedHashSet<>();
    private boolean overflowed;

    /** An entry came, was replaced or went. */
    void entry(EntryKey key) {
        note(entries, key);
    }

    /** A proof came or was replaced. */
    void proof(EntryKey key) {
        note(proofs, key);
    }

    /** The marker of an entry was set or raised. */
    void entryMarker(EntryKey key) {
        note(entryMarkers, key);
    }

    /** The marker of a blob was set or raised. */
    void blobMarker(BlobId blob) {
        note(blobMarkers, blob);
    }

    /** Remembers nothing until it is cleared. */
    void overflow() {
        clear();
        overflowed = true;
    }

    /** Whether more changed than is remembered. */
    boolean isOverflowed() {
        return overflowed;
    }

    /** The entries among those that changed which are there. */
    List<SignedEntry> present(Function<EntryKey, @Nullable VerifiedEntry> manifest) {
        return values(entries, manifest);
    }

    /** The entries among those that changed which are not. */
    List<EntryKey> removed(Function<EntryKey, @Nullable VerifiedEntry> manifest) {
        return entries.stream().filter(key -> manifest.apply(key) == null).toList();
    }

    /** The proofs that changed, in the order in which they came. */
    List<SignedEntry> proofs(Function<EntryKey, @Nullable VerifiedEntry> graves) {
        return values(proofs, graves);
    }

    Map<BlobId, HybridTimestamp> blobMarkers(Map<BlobId, HybridTimestamp> all) {
        return blobMarkers.stream().filter(all::containsKey).collect(Collectors.toMap(blob -> blob, all::get));
    }

    Map<EntryKey, HybridTimestamp> entryMarkers(Map<EntryKey, HybridTimestamp> all) {
        return entryMarkers.stream().filter(all::containsKey).collect(Collectors.toMap(key -> key, all::get));
    }

    void clear() {
        entries.clear();
        proofs.clear();
        entryMarkers.clear();
        blobMarkers.clear();
        overflowed = false;
    }

    private static List<SignedEntry> values(
            Collection<EntryKey> keys, Function<EntryKey, @Nullable VerifiedEntry> source) {
        List<SignedEntry> present = new ArrayList<>(keys.size());
        for (EntryKey key : keys) {
            VerifiedEntry entry = source.apply(key);
            if (entry != null) {
                present.add(entry.signed());
            }
        }
        return present;
    }

    /** What changes again moves to the end. */
    private <T> void note(Set<T> parts, T part) {
        if (overflowed) {
            return;
        }
        parts.remove(part);
        parts.add(part);
        if (entries.size() + proofs.size() + entryMarkers.size() + blobMarkers.size() > MAX_PARTS) {
            overflow();
        }
    }
}
