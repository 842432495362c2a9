package dev.swarm.blob;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The record of which leaves of a partial blob were written: leaf index and CRC32C over blob id and index, eight bytes each,
 * appended. A claim only: it is not flushed, so after a crash it may say more or less than the data holds. Safe for many threads.
 */
final class LeafJournal implements Closeable {

    private static final int RECORD_BYTES = 8;

    /** A leaf written by two threads at once has two records; more than twice the leaves has no honest cause. */
    private static final int MAX_RECORDS_PER_LEAF = 2;

    private final BlobId id;
    private final SharedFile file;
    private final Object lock = new Object();

    // Guarded by lock.
    private final ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES);
    private long end;

    private LeafJournal(BlobId id, SharedFile file, long end) {
        this.id = id;
        this.file = file;
        this.end = end;
    }

    /** The leaves that a journal claims. Records that are torn, damaged or of another blob claim nothing. */
    static LeafSet read(Disk disk, Path path, BlobId id, int leafCount) throws IOException {
        LeafSet claimed = LeafSet.none(leafCount);
        Disk.Stat stat = disk.stat(path);
        if (stat == null || stat.kind() != Disk.Kind.FILE) {
            return claimed;
        }
        long limit = (long) leafCount * MAX_RECORDS_PER_LEAF * RECORD_BYTES;
        ByteBuffer records = ByteBuffer.allocate(Math.toIntExact(Math.min(stat.size(), limit)));
        try (SharedFile file = SharedFile.open(disk, path, Disk.Access.READ)) {
            file.read(records, 0);
        }
        records.flip();
        while (records.remaining() >= RECORD_BYTES) {
            int leaf = records.getInt();
            if (records.getInt() == checksum(id, leaf) && leaf >= 0 && leaf < leafCount) {
                claimed.add(leaf);
            }
        }
        return claimed;
    }

    /** Starts a journal that claims {@code held}, in the place of any that is there. */
    static LeafJournal start(Disk disk, Path path, BlobId id, LeafSet held) throws IOException {
        ByteBuffer records = ByteBuffer.allocate(held.size() * RECORD_BYTES);
        for (int leaf = held.nextIn(0); leaf >= 0; leaf = held.nextIn(leaf + 1)) {
            records.putInt(leaf).putInt(checksum(id, leaf));
        }
        Path temporary = StorePaths.temporary(path);
        try (SharedFile file = SharedFile.open(disk, temporary, Disk.Access.REPLACE)) {
            file.writeFully(records.flip(), 0);
        }
        disk.rename(temporary, path);
        return new LeafJournal(id, SharedFile.open(disk, path, Disk.Access.UPDATE), records.limit());
    }

    /** Claims a leaf. After a failure the next record takes the place of the torn one. */
    void append(int leaf) throws IOException {
        synchronized (lock) {
            file.writeFully(
                    record.clear().putInt(leaf).putInt(checksum(id, leaf)).flip(), end);
            end += RECORD_BYTES;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private static int checksum(BlobId id, int leaf) {
        CRC32C checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(BlobId.BYTES + 4)
                .put(id.toBytes())
                .putInt(leaf)
                .flip());
        return (int) checksum.getValue();
    }
}
