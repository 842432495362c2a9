package dev.swarm.lockbox;

import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.vault.VaultFiles;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The contents of a lockbox as machines send them to each other. For any thread; takes the lock of its box. */
final class BoxContents {

    private static final Logger log = LoggerFactory.getLogger(BoxContents.class);

    private final ReentrantLock lock;
    private final BoxIndex index;
    private final Alignment alignment;
    private final LongAdder altered = new LongAdder();

    BoxContents(ReentrantLock lock, BoxIndex index, Alignment alignment) {
        this.lock = lock;
        this.index = index;
        this.alignment = alignment;
    }

    /** The size that a content has to have, or -1 if it is not wanted. */
    long wantedSize(String id) {
        lock.lock();
        try {
            FileEntry.Content content = alignment.wanted().get(id);
            return content == null ? -1 : content.size();
        } finally {
            lock.unlock();
        }
    }

    /** Contents that are wanted, the first of them by their SHA-256. */
    List<SyncFrames.Wanted> wanted(int max) throws IOException {
        lock.lock();
        try {
            return alignment.wantedFrom(max);
        } finally {
            lock.unlock();
        }
    }

    /** How long a content is in bytes; -1 if it is not here. */
    long sizeOf(String id) throws IOException {
        lock.lock();
        try {
            return index.held.sizeOf(id);
        } finally {
            lock.unlock();
        }
    }

    /** Opens a content for a machine that wants it; null if it is not here. The caller closes it. */
    @Nullable
    InputStream open(String id) throws IOException {
        lock.lock();
        try {
            return index.held.open(id);
        } finally {
            lock.unlock();
        }
    }

    /** The header of a content; null if it is not here. */
    byte @Nullable [] header(String id) throws IOException {
        try (InputStream content = open(id)) {
            return content == null ? null : AgeFile.header(new BufferedInputStream(content));
        }
    }

    /** Begins to take contents that were wanted; the next pass puts them under their names. */
    VaultFiles.Arrivals arrivals() {
        return index.held.arrivals();
    }

    /**
     * Takes a range of a content that was wanted; the next pass puts the content under its names if it is the last. Blocks.
     *
     * @return whether it was taken; else another range comes next, or another machine is sending one
     */
    boolean takeRange(VaultFiles.Range range, InputStream source) throws IOException {
        return wantedSize(range.id()) == range.size() && index.held.takeRange(range, source);
    }

    /** Counts a content that was not what it was said to be. */
    void countAltered() {
        altered.increment();
    }

    /** Contents of other machines that were not what they were said to be, in this run. */
    long altered() {
        return altered.sum();
    }

    /** Takes a content that was wanted, of its header and the payload of one that is here. Blocks. */
    void takeHeader(VaultFiles.Arrivals arrivals, String id, String base, byte[] header) throws IOException {
        long size = wantedSize(id);
        try (InputStream content = open(base)) {
            if (content != null && size >= 0) {
                InputStream payload = new BufferedInputStream(content);
                AgeFile.header(payload);
                arrivals.take(id, size, new SequenceInputStream(new ByteArrayInputStream(header), payload));
            }
        } catch (IOException e) {
            log.debug("a file of a lockbox has another payload than its machine says; all of it is asked for");
            lock.lock();
            try {
                alignment.distrust(id);
            } finally {
                lock.unlock();
            }
        }
    }
}
