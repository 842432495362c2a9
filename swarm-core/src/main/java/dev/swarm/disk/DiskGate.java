package dev.swarm.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Keeps every path by which bytes reach this machine from filling its disks. Implemented by swarm only.
 *
 * <p>Space that has been promised and not yet written counts as used, so that two transfers cannot both be let in by the same
 * free bytes. Safe for many threads. Blocks for one look at the file system.
 */
public interface DiskGate {

    /** Share of a file system, in percent, at or below which nothing more is written to it. */
    double DEFAULT_MIN_FREE_PERCENT = 10.0;

    /** Bytes that have to stay free beside a downloaded blob: room for what the machine itself is doing meanwhile. */
    long BLOB_HEADROOM_BYTES = 512L << 20;

    /** A gate that looks at real file systems through {@code probe}. */
    static DiskGate of(SpaceProbe probe, double minFreePercent) {
        return new ReservingDiskGate(probe, minFreePercent);
    }

    /**
     * How full the file system of a directory is, promises included.
     *
     * @param directory need not exist; its nearest existing parent is measured
     */
    DiskState measure(Path directory) throws IOException;

    /**
     * Promises room.
     *
     * @param directory where the bytes will go
     * @param bytes how many
     * @param headroomBytes how many more have to be free beside them
     * @return the promise, to be closed when the bytes are written or given up
     * @throws dev.swarm.SwarmException with reason DISK_PRESSURE and figures in its message, if there is too little room
     * @throws IOException if the file system cannot be asked
     */
    Reservation reserve(Path directory, long bytes, long headroomBytes) throws IOException;

    /** Asks a file system for its size and its free space. */
    @FunctionalInterface
    interface SpaceProbe {

        /** A probe of this machine's file systems. Safe for many threads. */
        static SpaceProbe fileStores() {
            return new FileStoreProbe();
        }

        /** Measures the file system that holds {@code directory}. */
        Space measure(Path directory) throws IOException;
    }

    /**
     * A file system's size.
     *
     * @param fileSystem a name that is the same for two directories exactly if they share their space
     * @param totalBytes all
     * @param usableBytes free for this process
     */
    record Space(String fileSystem, long totalBytes, long usableBytes) {}

    /**
     * A file system with what is promised on it.
     *
     * @param totalBytes all
     * @param usableBytes free less the promises; at least 0
     * @param freePercent {@code usableBytes} of {@code totalBytes}, 0 to 100
     * @param open whether more may be written
     */
    record DiskState(long totalBytes, long usableBytes, double freePercent, boolean open) {}

    /** Room that is promised. Safe for many threads. */
    interface Reservation extends AutoCloseable {

        /** Tells that some of the promised bytes are on disk, where the file system counts them itself. */
        void written(long bytes);

        /**
         * Looks again whether the rest still fits; for use every few MiB.
         *
         * @throws dev.swarm.SwarmException with reason DISK_PRESSURE if the gate would not let it in any more
         */
        void check() throws IOException;

        /** Gives back what was not written. Repeated calls do nothing. */
        @Override
        void close();
    }
}
