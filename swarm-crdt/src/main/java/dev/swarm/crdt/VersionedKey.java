package dev.swarm.crdt;

import java.util.Objects;

/**
 * What two copies of a map compare about one entry: which key, how new, which content. Immutable.
 *
 * @param key hash of the entry's key; identifies the entry, of which a copy holds one version
 * @param clock the time of this version; the later of two versions wins
 * @param content 64 bits of a hash of everything else the merge order looks at, so that versions with equal clocks
 *     and different content are told apart
 */
public record VersionedKey(KeyHash key, HybridTimestamp clock, long content) {

    /** Encoded length in bytes. */
    public static final int BYTES = KeyHash.BYTES + 2 * Long.BYTES;

    /** Checks that nothing is null. */
    public VersionedKey {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(clock, "clock");
    }
}
