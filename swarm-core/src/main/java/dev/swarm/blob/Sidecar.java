package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The head of a {@code .tree} file: what is known of a blob beside its bytes. Immutable.
 *
 * <p>The file is the head (magic, id, size, root, stamp, CRC32C) and the leaf hashes with a CRC32C of their own. It saves a
 * pass over the content and can be made again by one, so a damaged file is taken for a missing one.
 *
 * @param id the blob
 * @param layout its size and division
 * @param root the root of its tree
 * @param stamp the file that was hashed; null while it is not at its place
 */
record Sidecar(
        BlobId id,
        BlobLayout layout,
        TreeRoot root,
        @Nullable Stamp stamp) {

    private static final long MAGIC = 0x737761726d547231L;
    private static final int HEAD_BYTES = 8 + BlobId.BYTES + 8 + TreeRoot.BYTES + 4 + 3 * 8 + 4;

    /** Trees up to one chunk are not flushed: making them again takes less time than that. */
    private static final int MAX_LEAVES_UNFLUSHED = BlobLayout.LEAVES_PER_CHUNK;

    /** Tells whether a file is still the one that was hashed. A file key of 0 stands for any. */
    record Stamp(long size, long modifiedNanos, long fileKey) {

        /** A seed file: another of the same size and time may have taken its place. */
        static Stamp of(Disk.Stat stat) {
            return new Stamp(stat.size(), stat.modifiedNanos(), stat.fileKey());
        }

        /** A file of the store's own; copied to another disk with its time it is still the same. */
        static Stamp ofOwn(Disk.Stat stat) {
            return new Stamp(stat.size(), stat.modifiedNanos(), 0);
        }

        boolean fits(Disk.@Nullable Stat stat) {
            return stat != null
                    && stat.kind() == Disk.Kind.FILE
                    && size == stat.size()
                    && modifiedNanos == stat.modifiedNanos()
                    && (fileKey == 0 || fileKey == stat.fileKey());
        }
    }

    /** What is known of a blob that was hashed. */
    static Sidecar of(BlobCache.Seeded blob, Stamp stamp) {
        return new Sidecar(blob.id(), blob.layout(), blob.tree().root(), stamp);
    }

    /** The whole of what is known of a blob whose root is its only hash. */
    BlobCache.Seeded withoutLeaves() {
        return new BlobCache.Seeded(id, layout, HashTree.ofRoot(layout, root));
    }

    /** Writes head and hashes to {@code path} in one step. */
    static void write(Disk disk, Path path, BlobCache.Seeded blob, @Nullable Stamp stamp) throws IOException {
        HashTree tree = blob.tree();
        ByteBuffer hashes = tree.encode();
        Path temporary = StorePaths.temporary(path);
        try (SharedFile file = SharedFile.open(disk, temporary, Disk.Access.REPLACE)) {
            file.writeFully(new Sidecar(blob.id(), blob.layout(), tree.root(), stamp).encode(), 0);
            file.writeFully(hashes.duplicate(), HEAD_BYTES);
            file.writeFully(ByteBuffer.allocate(4).putInt(checksum(hashes)).flip(), HEAD_BYTES + hashes.limit());
            if (tree.leafCount() > MAX_LEAVES_UNFLUSHED) {
                file.force();
            }
        }
        new SetAside(disk).rename(temporary, path);
    }

    /** Notes in what {@link #write} wrote that the store's own file is at its place. A torn head is taken for a missing one. */
    static void stampOwn(Disk disk, Path path, BlobCache.Seeded blob, Path content) throws IOException {
        Disk.Stat stat = disk.stat(content);
        Stamp stamp = stat == null ? null : Stamp.ofOwn(stat);
        try (SharedFile file = SharedFile.open(disk, path, Disk.Access.UPDATE)) {
            file.writeFully(new Sidecar(blob.id(), blob.layout(), blob.tree().root(), stamp).encode(), 0);
        }
    }

    /** Reads the head; null if the file is missing, damaged or of another blob. */
    static @Nullable Sidecar read(Disk disk, Path path, BlobId id) throws IOException {
        try (SharedFile file = SharedFile.open(disk, path, Disk.Access.READ)) {
            return readHead(file, id);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Reads head and hashes; null if the file is missing, damaged or of another blob. */
    static BlobCache.@Nullable Seeded readAll(Disk disk, Path path, BlobId id) throws IOException {
        try (SharedFile file = SharedFile.open(disk, path, Disk.Access.READ)) {
            Sidecar head = readHead(file, id);
            if (head == null) {
                return null;
            }
            ByteBuffer body = ByteBuffer.allocate(head.layout.leafCount() * HashTree.HASH_BYTES + 4);
            file.read(body, HEAD_BYTES);
            int end = body.limit() - 4;
            byte[] hashes = new byte[end];
            body.get(0, hashes);
            if (body.hasRemaining() || body.getInt(end) != checksum(ByteBuffer.wrap(hashes))) {
                return null;
            }
            return new BlobCache.Seeded(id, head.layout, HashTree.trusted(hashes, head.root));
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static @Nullable Sidecar readHead(SharedFile file, BlobId id) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        file.read(head, 0);
        if (head.hasRemaining() || head.getInt(HEAD_BYTES - 4) != checksum(head.slice(0, HEAD_BYTES - 4))) {
            return null;
        }
        head.flip();
        if (head.getLong() != MAGIC || !BlobId.read(head).equals(id)) {
            return null;
        }
        long size = head.getLong();
        TreeRoot root = TreeRoot.read(head);
        boolean stamped = head.getInt() != 0;
        Stamp stamp = new Stamp(head.getLong(), head.getLong(), head.getLong());
        return new Sidecar(id, new BlobLayout(size), root, stamped ? stamp : null);
    }

    private ByteBuffer encode() {
        Stamp kept = stamp == null ? new Stamp(0, 0, 0) : stamp;
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).putLong(MAGIC).put(id.toBytes());
        head.putLong(layout.size()).put(root.toBytes()).putInt(stamp == null ? 0 : 1);
        head.putLong(kept.size).putLong(kept.modifiedNanos).putLong(kept.fileKey);
        return head.putInt(checksum(head.slice(0, HEAD_BYTES - 4))).flip();
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.duplicate());
        return (int) checksum.getValue();
    }
}
