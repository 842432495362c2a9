package dev.swarm.lockbox;

import dev.swarm.lockbox.vault.VaultDisk;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that holds an index: changes are appended, and once most of it is out of date it is written anew beside itself and put in
 * its own place.
 *
 * <p>After a header come frames: a length in four bytes, a CRC-32C over the length and what follows, and that. What belongs together
 * is in one frame, so that it is there or not; a frame that a crash cut off at the end is as if it had never been written. The first
 * write of a run, and that after a failure, are a new file: nothing is ever written behind a torn frame, and a flush that failed says
 * nothing when it is repeated (Rebello et al., "Can Applications Recover from fsync Failures?", 2020). Guarded by the lock of its box.
 */
final class IndexFile {

    static final String NAME = "index";

    private static final Logger log = LoggerFactory.getLogger(IndexFile.class);

    private static final String DRAFT = NAME + ".tmp";
    private static final byte[] HEADER = {(byte) 0x89, 'S', 'W', 'L', '\r', '\n', 0x1a, 3};

    /** What may be out of date beside as much as is not; keeps a small index from being written anew all the time. */
    private static final long SLACK_BYTES = 1 << 20;

    private final VaultDisk disk;
    private final RandomGenerator random;
    private VaultDisk.@Nullable NewFile open;
    private long wholeBytes;
    private long appendedBytes;

    /** The file in a directory of the plugin's own; randomness is for names. */
    IndexFile(VaultDisk disk, RandomGenerator random) {
        this.disk = disk;
        this.random = random;
    }

    /** Gives out all that an index has, in pieces. */
    interface Whole {
        void to(Sink sink) throws IOException;
    }

    /** Takes a piece of an index. */
    interface Sink {
        void put(byte[] piece) throws IOException;
    }

    /** The pieces that were written, in their order; none if there is no file. What is damaged is set aside, but for its beginning. */
    List<byte[]> read() throws IOException {
        disk.makeDirectory("");
        List<byte[]> pieces = new ArrayList<>();
        VaultDisk.Stat stat = disk.stat(NAME);
        if (stat == null) {
            return pieces;
        }
        boolean damaged;
        try (DataInputStream source = new DataInputStream(new BufferedInputStream(disk.read(NAME)))) {
            damaged = !readInto(pieces, source, stat.size());
        }
        if (damaged) {
            log.warn("the index of a lockbox is damaged and set aside; the lockbox is compared with the user's other"
                    + " machines anew");
            disk.rename(NAME, NAME + ".damaged-" + Long.toHexString(random.nextLong()));
            disk.force("");
        }
        return pieces;
    }

    /** Whether all has to be written anew before anything else is appended. */
    boolean wantsWhole() {
        return open == null || appendedBytes > wholeBytes + SLACK_BYTES;
    }

    /** Writes the file anew; all of it is on disk when this returns. */
    void writeWhole(Whole index) throws IOException {
        close();
        disk.delete(DRAFT);
        VaultDisk.NewFile next = disk.create(DRAFT);
        boolean done = false;
        try {
            next.write(HEADER);
            long[] bytes = {HEADER.length};
            index.to(piece -> {
                byte[] frame = frame(piece);
                next.write(frame);
                bytes[0] += frame.length;
            });
            next.force();
            disk.rename(DRAFT, NAME);
            disk.force("");
            wholeBytes = bytes[0];
            appendedBytes = 0;
            done = true;
        } finally {
            if (done) {
                open = next;
            } else {
                next.close();
            }
        }
    }

    /** Appends a piece; it is on disk when this returns. */
    void append(byte[] piece) throws IOException {
        VaultDisk.NewFile file = open;
        if (file == null) {
            throw new IOException("an earlier write of a lockbox's index failed, and it was not written anew since");
        }
        byte[] frame = frame(piece);
        open = null;
        boolean done = false;
        try {
            file.write(frame);
            file.force();
            done = true;
        } finally {
            if (done) {
                open = file;
                appendedBytes += frame.length;
            } else {
                file.close();
            }
        }
    }

    void delete() throws IOException {
        close();
        disk.delete(NAME);
        disk.delete(DRAFT);
    }

    /** Lets go of the file; the next write is a new one. */
    void close() throws IOException {
        VaultDisk.NewFile file = open;
        open = null;
        if (file != null) {
            file.close();
        }
    }

    /** Whether it is whole, but for a last frame that may be cut off. */
    private static boolean readInto(List<byte[]> pieces, DataInputStream source, long size) throws IOException {
        byte[] header = source.readNBytes(HEADER.length);
        if (!Arrays.equals(header, HEADER)) {
            return false;
        }
        long left = size - HEADER.length;
        while (left > 0) {
            int length;
            int checksum;
            try {
                length = source.readInt();
                checksum = source.readInt();
            } catch (EOFException e) {
                return true;
            }
            left -= 2 * Integer.BYTES;
            if (length <= 0) {
                return isZero(source) && length == 0 && checksum == 0;
            }
            byte[] piece = source.readNBytes((int) Math.min(length, left));
            left -= piece.length;
            if (piece.length < length || checksum(length, piece) != checksum) {
                return left == 0;
            }
            pieces.add(piece);
        }
        return true;
    }

    /** A file system may have made room for what never came. */
    private static boolean isZero(DataInputStream source) throws IOException {
        byte[] piece = new byte[8192];
        for (int read = source.read(piece); read > 0; read = source.read(piece)) {
            for (int i = 0; i < read; i++) {
                if (piece[i] != 0) {
                    return false;
                }
            }
        }
        return true;
    }

    private static byte[] frame(byte[] piece) {
        return ByteBuffer.allocate(2 * Integer.BYTES + piece.length)
                .putInt(piece.length)
                .putInt(checksum(piece.length, piece))
                .put(piece)
                .array();
    }

    private static int checksum(int length, byte[] piece) {
        CRC32C checksum = new CRC32C();
        checksum.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, length));
        checksum.update(piece);
        return (int) checksum.getValue();
    }
}
