package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A complete blob whose file is open. Safe for many threads.
 *
 * @param sidecar what is known of it
 * @param path where the bytes lie: in the store, or the seed file
 * @param file the bytes
 */
record OpenBlob(Sidecar sidecar, Path path, SharedFile file) implements AutoCloseable {

    /** Opens the file, with one user. */
    static OpenBlob open(Disk disk, Sidecar sidecar, Path path) throws IOException {
        SharedFile file = SharedFile.open(disk, path, Disk.Access.READ);
        file.acquire();
        return new OpenBlob(sidecar, path, file);
    }

    /**
     * Reads as much as fits.
     *
     * @return whether it could: false if the file is not what was hashed; the target's position stays then
     */
    boolean read(Disk disk, long offset, ByteBuffer target) throws IOException {
        int start = target.position();
        int limit = target.limit();
        int length = (int) Math.min(target.remaining(), sidecar.layout().size() - offset);
        target.limit(start + length);
        boolean intact;
        try {
            intact = file.read(target, offset) == length && isUnchanged(disk);
        } finally {
            target.limit(limit);
        }
        if (!intact) {
            target.position(start);
        }
        return intact;
    }

    /** Whether the seed file, if it is one, is as it was hashed; asked after reading, so that the answer covers the bytes. */
    private boolean isUnchanged(Disk disk) throws IOException {
        Sidecar.Stamp stamp = sidecar.stamp();
        return stamp == null || stamp.fits(disk.stat(path));
    }

    /** Ends a use of the file. */
    @Override
    public void close() throws IOException {
        file.release();
    }
}
