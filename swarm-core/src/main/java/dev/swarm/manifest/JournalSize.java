package dev.swarm.manifest;

/**
 * Counts what is in a journal, to tell how much of it still means something. Confined to one thread at a time.
 *
 * <p>Which entry took the place of which is not followed: entries are taken as equally long, and live as many as the manifest
 * has. Versions and removals mean nothing once the file is written anew; all else counts as live.
 */
final class JournalSize {

    private long bytes;
    private long entryBytes;
    private long entryRecords;
    private long lastingBytes;

    void header(int length) {
        bytes += length;
        lastingBytes += length;
    }

    void record(JournalKind kind, int length) {
        bytes += length;
        switch (kind) {
            case ENTRY -> {
                entryBytes += length;
                entryRecords++;
            }
            case VERSION, REMOVAL -> {}
            case CERTIFICATE, PROOF, BLOB_MARKER, ENTRY_MARKER, HORIZON, NOTE -> lastingBytes += length;
        }
    }

    long bytes() {
        return bytes;
    }

    long live(int entries) {
        long ofEntries = entryRecords == 0 ? 0 : entryBytes * Math.min(entries, entryRecords) / entryRecords;
        return lastingBytes + ofEntries;
    }
}
