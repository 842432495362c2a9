package dev.swarm.blob;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flushes the content directory for many committers at once: whoever arrives while a flush runs shares the next one, so that
 * many small blobs do not cost a flush each. Safe for many threads.
 *
 * <p>An interrupted flush fails its caller alone, others flush for themselves. A failed flush is final. What the file system
 * dropped then it does not report again, so a later success would say nothing about it (Rebello et al., "Can Applications Recover
 * from fsync Failures?", 2020).
 */
final class DirectoryFlush {

    private static final Logger log = LoggerFactory.getLogger(DirectoryFlush.class);

    private final Disk disk;
    private final Path directory;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    /** Why nothing is flushed any more. */
    private volatile @Nullable String problem;

    // Guarded by lock.
    private long asked;
    private long done;
    private boolean running;
    private @Nullable IOException failure;

    DirectoryFlush(Disk disk, Path directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** Returns when all changes made to the directory before the call are on disk. */
    void force() throws IOException {
        lock.lock();
        try {
            long mine = ++asked;
            while (running && done < mine) {
                ended.awaitUninterruptibly();
            }
            if (failure != null) {
                throw new IOException(problem + "; check the disk and restart the node", failure);
            }
            if (done < mine) {
                flush();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Why all flushes fail from here on, or null. At once. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Gives the lock back while the disk works. */
    private void flush() throws IOException {
        long covers = asked;
        running = true;
        lock.unlock();
        IOException failed = null;
        try {
            disk.forceDirectory(directory);
        } catch (ClosedByInterruptException e) {
            throw new IOException(directory + " was not flushed to disk: the thread was interrupted", e);
        } catch (IOException e) {
            failed = e;
        } finally {
            lock.lock();
            running = false;
            ended.signalAll();
        }
        if (failed != null) {
            failure = failed;
            problem = directory + " could not be flushed to disk: " + failed.getMessage();
            log.warn("{}; nothing is received any more; check the disk and restart the node", problem);
            throw failed;
        }
        done = covers;
    }
}
