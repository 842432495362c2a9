package dev.swarm.blob;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;

/**
 * A file that many threads use at once and that closes when the last of them is done.
 *
 * <p>Java closes a channel under every thread that uses it when one of them is interrupted. The file is opened again then, so
 * that an interrupt ends the call of the interrupted thread alone.
 */
final class SharedFile implements Closeable {

    private final Disk disk;
    private final Path path;
    private final Disk.Access access;
    private final Object lock = new Object();

    // Guarded by lock.
    private Disk.File file;
    private int users;
    private boolean retired;
    private boolean closed;

    private SharedFile(Disk disk, Path path, Disk.Access access, Disk.File file) {
        this.disk = disk;
        this.path = path;
        this.access = access;
        this.file = file;
    }

    /** Opens to read, or to read and write what is there. */
    static SharedFile open(Disk disk, Path path, Disk.Access access) throws IOException {
        return new SharedFile(disk, path, access, disk.open(path, access));
    }

    /** Keeps the file open until {@link #release}; false once it is closed or retired. */
    boolean acquire() {
        synchronized (lock) {
            if (retired) {
                return false;
            }
            users++;
            return true;
        }
    }

    /** Ends a use. */
    void release() throws IOException {
        boolean last;
        synchronized (lock) {
            users--;
            last = retired && users == 0;
        }
        if (last) {
            current().close();
        }
    }

    /** Closes when the last user is done. */
    void retire() throws IOException {
        boolean unused;
        synchronized (lock) {
            unused = !retired && users == 0;
            retired = true;
        }
        if (unused) {
            current().close();
        }
    }

    /** Closes at once; calls under way fail. */
    @Override
    public void close() throws IOException {
        synchronized (lock) {
            retired = true;
            closed = true;
        }
        current().close();
    }

    /** Reads until the target is full or the file ends; how many bytes. For a user. */
    int read(ByteBuffer target, long position) throws IOException {
        int start = target.position();
        while (target.hasRemaining()) {
            Disk.File open = current();
            try {
                if (open.read(target, position + target.position() - start) < 0) {
                    break;
                }
            } catch (ClosedChannelException e) {
                reopen(open, e);
            }
        }
        return target.position() - start;
    }

    /** Fills the target or fails. For a user. */
    void readFully(ByteBuffer target, long position) throws IOException {
        read(target, position);
        if (target.hasRemaining()) {
            throw new EOFException(path + " ends " + target.remaining() + " bytes early");
        }
    }

    /** Writes all of the source. For a user. */
    void writeFully(ByteBuffer source, long position) throws IOException {
        int start = source.position();
        while (source.hasRemaining()) {
            Disk.File open = current();
            try {
                open.write(source, position + source.position() - start);
            } catch (ClosedChannelException e) {
                reopen(open, e);
            }
        }
    }

    /** How long the file is. For a user. */
    long size() throws IOException {
        return current().size();
    }

    /** Cuts off what is beyond {@code size}. For a user. */
    void truncateTo(long size) throws IOException {
        Disk.File open = current();
        if (open.size() > size) {
            open.truncate(size);
        }
    }

    /** Returns when all that was written is on disk. For a user. */
    void force() throws IOException {
        current().force();
    }

    private Disk.File current() {
        synchronized (lock) {
            return file;
        }
    }

    private void reopen(Disk.File broken, ClosedChannelException cause) throws IOException {
        if (cause instanceof ClosedByInterruptException) {
            throw cause;
        }
        synchronized (lock) {
            if (closed) {
                throw cause;
            }
            if (file.equals(broken)) {
                file = disk.open(path, access);
            }
        }
    }
}
