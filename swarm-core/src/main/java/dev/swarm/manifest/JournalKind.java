package dev.swarm.manifest;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a record of the {@link ManifestJournal} holds. */
enum JournalKind {
    CERTIFICATE(1),
    ENTRY(2),
    PROOF(3),
    BLOB_MARKER(4),
    ENTRY_MARKER(5),
    HORIZON(6),
    VERSION(7),
    REMOVAL(8),
    NOTE(9);

    private final int code;

    JournalKind(int code) {
        this.code = code;
    }

    /** The byte that stands for it. */
    int code() {
        return code;
    }

    /** The kind that a byte stands for; null if none. */
    static @Nullable JournalKind of(int code) {
        return code >= 1 && code <= values().length ? values()[code - 1] : null;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
