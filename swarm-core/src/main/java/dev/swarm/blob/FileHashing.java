package dev.swarm.blob;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Hashes a store's files in one pass, until the store is closed. Safe for many threads. */
final class FileHashing {

    /** A few leaves at a time: fewer calls, still within the processor's second-level cache. */
    private static final int BUFFER_BYTES = 4 * BlobLayout.LEAF_BYTES;

    private final Disk disk;
    private final Use use;

    /** @param use asked before each buffer */
    FileHashing(Disk disk, Use use) {
        this.disk = disk;
        this.use = use;
    }

    /** Whether files may be read still. */
    @FunctionalInterface
    interface Use {

        /** Throws if they may not. */
        void require() throws IOException;
    }

    /** Hashes a file. */
    BlobCache.Seeded hash(Path path) throws IOException {
        try (SharedFile file = SharedFile.open(disk, path, Disk.Access.READ)) {
            return hash(file, null);
        }
    }

    /** Hashes a file and writes its bytes to {@code copy}, if there is one, on the way. */
    BlobCache.Seeded hash(SharedFile file, @Nullable SharedFile copy) throws IOException {
        return hash(file, copy, () -> false);
    }

    /**
     * The same until somebody gives up.
     *
     * @param givenUp asked before each buffer, too
     * @throws InterruptedIOException if it was given up
     */
    BlobCache.Seeded hash(SharedFile file, @Nullable SharedFile copy, BooleanSupplier givenUp) throws IOException {
        BlobHasher hasher = new BlobHasher();
        // One byte more than the file has, so that its end shows.
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(BUFFER_BYTES, file.size() + 1));
        boolean more = true;
        while (more) {
            use.require();
            requireWanted(givenUp);
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

    /** Throws InterruptedIOException if something was given up. */
    static void requireWanted(BooleanSupplier givenUp) throws IOException {
        if (givenUp.getAsBoolean()) {
            throw new InterruptedIOException("the copy was given up");
        }
    }
}
