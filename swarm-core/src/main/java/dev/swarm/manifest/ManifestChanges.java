package dev.swarm.manifest;

import java.util.List;
import java.util.Objects;

/**
 * What became other in a manifest since its changes were last {@linkplain ManifestCrdt#drainChanges drained}. Immutable.
 *
 * @param now the entries, proofs and markers that came or were replaced, as they are now; version, horizon and the clock of the
 *     last purge are the manifest's in any case. If {@code whole}, all that the manifest holds
 * @param removed what was pruned and has not come back
 * @param whole whether too much changed to be told one by one
 */
public record ManifestChanges(ManifestImage now, List<EntryKey> removed, boolean whole) {

    /** Copies the list. */
    public ManifestChanges {
        Objects.requireNonNull(now, "now");
        removed = List.copyOf(removed);
    }

    /** A whole manifest as a change. */
    public static ManifestChanges whole(ManifestImage image) {
        return new ManifestChanges(image, List.of(), true);
    }
}
