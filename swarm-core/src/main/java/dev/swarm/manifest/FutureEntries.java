package dev.swarm.manifest;

import dev.swarm.crdt.HybridTimestamp;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which entries of a manifest are set aside because they are dated in the future, and whether there may be more. Confined to the
 * manifest's thread.
 */
final class FutureEntries {

    /** Entries that gave way and are remembered, 100 bytes each. */
    private static final int MAX_GIVEN_WAY = 8192;

    private final Set<EntryKey> aside = new LinkedHashSet<>();

    /** The times of entries that gave way, for as long as this node runs. */
    private final Map<EntryKey, HybridTimestamp> gaveWay = new LinkedHashMap<>();

    /** What stood in the place of an entry that had given way, until that came back and won by its time. */
    private final Map<EntryKey, ManifestEntry> overruled = new HashMap<>();

    /** No entry that is not set aside is later. */
    private HybridTimestamp latest = HybridTimestamp.ZERO;

    /** An entry of this time came. */
    void came(HybridTimestamp clock) {
        latest = HybridTimestamp.max(latest, clock);
    }

    /** All entries were looked at, and this is the latest that is not set aside. */
    void looked(HybridTimestamp latestLeft) {
        latest = latestLeft;
    }

    /** A time that no entry which is not set aside is after. */
    HybridTimestamp latest() {
        return latest;
    }

    boolean isAside(EntryKey key) {
        return aside.contains(key);
    }

    void setAside(EntryKey key) {
        aside.add(key);
    }

    void forget(EntryKey key) {
        aside.remove(key);
    }

    /** An entry that was set aside gave way to what its author said in time. */
    void gaveWay(ManifestEntry entry) {
        gaveWay.put(entry.key(), entry.clock());
        if (gaveWay.size() > MAX_GIVEN_WAY) {
            gaveWay.remove(gaveWay.keySet().iterator().next());
        }
    }

    /** An entry is about to be merged: a node that was off may bring one that gave way, once its time is past. */
    void merging(ManifestEntry offered, @Nullable VerifiedEntry held) {
        if (held != null && offered.clock().isAfter(held.entry().clock())) {
            boolean back = offered.clock().equals(gaveWay.get(offered.key()));
            if (back) {
                overruled.put(offered.key(), held.entry());
            } else {
                overruled.remove(offered.key());
            }
        }
    }

    /** What was overruled, to be said again. A copy. */
    List<ManifestEntry> overruled() {
        return List.copyOf(overruled.values());
    }

    /** A copy. */
    List<EntryKey> aside() {
        return List.copyOf(aside);
    }
}
