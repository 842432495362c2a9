package dev.swarm.lockbox.vault;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Contents of which the beginning is here, in {@code .lockbox/big-*}: what came of ranges, kept also if the last of them broke off,
 * and over restarts. The SHA-256 is computed along the way; after a restart what is there is read once more. Safe for many threads; a
 * second range of a content that comes while one does is refused.
 */
final class Beginnings {

    private static final String BIG = VaultNames.in(VaultNames.WORK, "big-");
    private static final int PIECE_BYTES = 64 * 1024;

    private final VaultDisk disk;
    private final ConcurrentMap<String, Progress> progress = new ConcurrentHashMap<>();

    private static final class Progress {
        private MessageDigest digest = Sha256.start();
        private long length;
        private boolean busy;
    }

    Beginnings(VaultDisk disk) {
        this.disk = disk;
    }

    /**
     * Where the next range of a content begins. If a crash came between its last byte and its name, the last byte comes again.
     *
     * @param size of the content in bytes
     */
    long lengthOf(String id, long size) throws IOException {
        VaultDisk.Stat stat = disk.stat(BIG + id);
        return stat == null || stat.kind() != VaultDisk.Kind.FILE ? 0 : Math.max(0, Math.min(stat.size(), size - 1));
    }

    /** What a path in {@code .lockbox} is the beginning of; null if it is none. */
    static @Nullable String idOf(String path) {
        return path.startsWith(BIG) ? path.substring(BIG.length()) : null;
    }

    /** Whether a range of a content is coming at present. */
    boolean isArriving(String id) {
        Progress of = progress.get(id);
        if (of == null) {
            return false;
        }
        synchronized (of) {
            return of.busy;
        }
    }

    /**
     * Takes a range that goes on where the beginning ends.
     *
     * @return null if it does not, or if another comes at present; else whether the content is whole, and then is at {@code target}
     * @throws VaultFiles.AlteredException if the whole is not what it is said to be; then nothing of it stays
     * @throws IOException if the disk or the source fails; what came until then stays
     */
    @Nullable
    Boolean take(VaultFiles.Range range, InputStream source, String target) throws IOException {
        Progress of = progress.computeIfAbsent(range.id(), id -> new Progress());
        synchronized (of) {
            if (of.busy) {
                return null;
            }
            of.busy = true;
        }
        try {
            if (lengthOf(range.id(), range.size()) != range.offset()) {
                return null;
            }
            if (of.length != range.offset()) {
                readAgain(of, range);
            }
            write(of, range, source);
            return of.length == range.size() && finish(of, range, target);
        } finally {
            synchronized (of) {
                of.busy = false;
            }
            if (of.length == 0 || of.length == range.size()) {
                progress.remove(range.id());
            }
        }
    }

    private void readAgain(Progress of, VaultFiles.Range range) throws IOException {
        of.digest = Sha256.start();
        of.length = 0;
        byte[] piece = new byte[PIECE_BYTES];
        try (InputStream there = range.offset() == 0 ? InputStream.nullInputStream() : disk.read(BIG + range.id())) {
            while (of.length < range.offset()) {
                int read = there.read(piece, 0, (int) Math.min(piece.length, range.offset() - of.length));
                if (read < 0) {
                    throw new EOFException("the beginning of a lockbox file became shorter");
                }
                of.digest.update(piece, 0, read);
                of.length += read;
            }
        }
    }

    private void write(Progress of, VaultFiles.Range range, InputStream source) throws IOException {
        String path = BIG + range.id();
        disk.makeDirectory(VaultNames.WORK);
        byte[] piece = new byte[PIECE_BYTES];
        long left = range.length();
        try (VaultDisk.NewFile target =
                range.offset() == 0 && disk.stat(path) == null ? disk.create(path) : disk.open(path, range.offset())) {
            while (left > 0) {
                int read = source.read(piece, 0, (int) Math.min(piece.length, left));
                if (read < 0) {
                    throw new EOFException("a range of a lockbox file ended " + left + " bytes early");
                }
                target.write(piece, 0, read);
                of.digest.update(piece, 0, read);
                of.length += read;
                left -= read;
            }
            target.force();
        }
    }

    private boolean finish(Progress of, VaultFiles.Range range, String target) throws IOException {
        if (!HexFormat.of().formatHex(of.digest.digest()).equals(range.id())) {
            disk.delete(BIG + range.id());
            throw new VaultFiles.AlteredException("content of a lockbox file does not have its SHA-256 " + range.id());
        }
        disk.rename(BIG + range.id(), target);
        return true;
    }
}
