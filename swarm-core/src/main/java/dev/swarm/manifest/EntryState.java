package dev.swarm.manifest;

/** What an author says of a blob. At equal time the later constant wins. */
public enum EntryState {
    /** Distribute it. */
    ACTIVE,
    /** Stop, and evict it, until a newer seed. */
    REVOKED,
    /** As revoked, and no seed of anybody brings it back. Only an operator's entry has that effect on others. */
    BANNED
}
