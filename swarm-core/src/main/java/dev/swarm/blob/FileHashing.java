package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Hashes files in one pass. */
final class FileHashing {

    /** A few leaves at a time: fewer calls, still within the processor's second-level cache. */
    private static final int BUFFER_BYTES = 4 * BlobLayout.LEAF_BYTES;

    private FileHashing() {}

    /** Hashes a file. */
    static BlobCache.Seeded hash(Disk disk, Path path) throws IOException {
        try (SharedFile file = SharedFile.open(disk, path, Disk.Access.READ)) {
            return hash(file, null);
        }
    }

    /** Hashes a file and writes its bytes to {@code copy}, if there is one, on the way. */
    static BlobCache.Seeded hash(SharedFile file, @Nullable SharedFile copy) throws IOException {
        BlobHasher hasher = new BlobHasher();
        // One byte more than the file has, so that its end shows.
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, file.size() + 1));
        boolean more = true;
        while (more) {
            file.read(buffer.clear(), hasher.size());
            more = !buffer.hasRemaining();
            buffer.flip();
            if (copy != null) {
                copy.writeFully(buffer.duplicate(), hasher.size());
            }
            hasher.update(buffer);
        }
        return hasher.finish();
    }
}
