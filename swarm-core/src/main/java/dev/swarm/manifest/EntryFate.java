package dev.swarm.manifest;

/** What a manifest tells of an entry that was published at some time. */
public enum EntryFate {
    /** It counts. */
    ACTIVE,
    /** Its author or an operator ended it. It may have been pruned since. */
    ENDED,
    /** It is not here, and nothing tells of an end: it never came, or was lost. */
    UNKNOWN
}
