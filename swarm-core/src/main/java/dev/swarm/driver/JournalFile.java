package dev.swarm.driver;

import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.JournalReading;
import dev.swarm.manifest.ManifestChanges;
import dev.swarm.manifest.ManifestImage;
import dev.swarm.manifest.ManifestJournal;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file that holds a node's manifest: changes are appended, and once most of it is out of date it is written anew beside
 * itself and put in its own place.
 *
 * <p>After a failure nothing more is appended to the file, of which nobody knows what it holds then: a flush that failed says
 * nothing when it is repeated (Rebello et al., "Can Applications Recover from fsync Failures?", 2020). The next thing to do
 * is a new file. Used by one thread at a time; whether it {@link #wantsSnapshot} may be asked from any.
 */
final class JournalFile {

    static final String NAME = "manifest.journal";

    private static final Logger log = LoggerFactory.getLogger(JournalFile.class);

    private static final String TEMPORARY = NAME + ".tmp";
    private static final String DAMAGED = NAME + ".damaged";
    private static final String UNREADABLE = NAME + ".unreadable";

    /** What may be out of date beside as much as is not; keeps a small manifest from being written anew all the time. */
    private static final long SLACK_BYTES = 1 << 20;

    /** The same when the node stops: what is left is read at the next start, at some 50 MB a second. */
    private static final long SLACK_AT_CLOSE_BYTES = 64 << 10;

    private static final int BUFFER_BYTES = 256 << 10;

    private final JournalDisk disk;
    private final FleetId fleet;
    private final RandomGenerator random;
    private @Nullable ManifestJournal journal;
    private JournalDisk.@Nullable File file;
    private volatile boolean snapshotDue;
    private volatile boolean worthwhileAtClose;

    /**
     * A journal that was not looked at yet.
     *
     * @param random unpredictable: gives each file its salt
     */
    JournalFile(JournalDisk disk, FleetId fleet, RandomGenerator random) {
        this.disk = disk;
        this.fleet = fleet;
        this.random = random;
    }

    /** Reads what is there and keeps what cannot be used out of the way; null if there is nothing to be taken in. */
    @Nullable
    JournalReading load() {
        snapshotDue = true;
        byte[] bytes;
        try {
            bytes = disk.read(NAME);
        } catch (IOException e) {
            setAside(UNREADABLE, "cannot be read: " + e);
            return null;
        }
        if (bytes == null) {
            return null;
        }
        JournalReading reading = ManifestJournal.read(bytes, fleet);
        return switch (reading.state()) {
            case READ -> {
                goOn(reading, bytes);
                yield reading;
            }
            case OTHER_FLEET -> {
                setAside(
                        NAME + ".fleet-" + reading.fleetTag(),
                        "is that of fleet " + reading.fleetTag() + ", not of " + fleet.tag());
                yield null;
            }
            case LATER_FORMAT -> {
                setAside(
                        NAME + ".format-" + reading.format(),
                        "has format " + reading.format() + ", this version reads " + ManifestJournal.FORMAT);
                yield null;
            }
            case NO_JOURNAL -> {
                setAside(UNREADABLE, "has no header of a journal");
                yield null;
            }
        };
    }

    /** Whether an earlier load, or the last one, kept a file whose entries were lost in whole or in part. */
    boolean hasLost() {
        try {
            return disk.read(DAMAGED) != null || disk.read(UNREADABLE) != null;
        } catch (IOException e) {
            return true;
        }
    }

    /** Whether the file has to be written anew before anything else is appended. */
    boolean wantsSnapshot() {
        return snapshotDue;
    }

    /** Whether enough of the file is out of date to write it anew when the node stops. */
    boolean wantsSnapshotAtClose() {
        return snapshotDue || worthwhileAtClose;
    }

    /**
     * Appends changes; they are on disk when this returns.
     *
     * @param entries how many entries the manifest has then
     */
    void append(ManifestChanges changes, int entries) throws IOException {
        ManifestJournal writing = journal;
        JournalDisk.File target = file;
        if (snapshotDue || writing == null || target == null) {
            throw new IOException("an earlier write failed, and the journal was not written anew since");
        }
        snapshotDue = true;
        target.append(ByteBuffer.wrap(writing.append(changes)));
        target.force();
        snapshotDue = false;
        judge(writing, entries);
    }

    /** Writes the file anew; all of it is on disk when this returns. */
    void snapshot(ManifestImage image) throws IOException {
        snapshotDue = true;
        ManifestJournal before = journal;
        ManifestJournal next = before == null ? new ManifestJournal(fleet, salt()) : before.next(fleet, salt());
        JournalDisk.File target = disk.create(TEMPORARY);
        try {
            OutputStream stream = new BufferedOutputStream(new FileStream(target), BUFFER_BYTES);
            next.start(image, stream);
            stream.flush();
            target.force();
            disk.rename(TEMPORARY, NAME);
            disk.forceDirectory();
        } catch (IOException e) {
            closeQuietly(target);
            throw e;
        }
        close();
        journal = next;
        file = target;
        snapshotDue = false;
        judge(next, image.entries().size());
    }

    /** Closes the file. What was appended is on disk already. */
    void close() {
        JournalDisk.File open = file;
        file = null;
        if (open != null) {
            closeQuietly(open);
        }
    }

    private void goOn(JournalReading reading, byte[] bytes) {
        journal = reading.journal();
        if (!reading.problems().isEmpty()) {
            keepDamaged(reading, bytes);
            return;
        }
        if (reading.tornBytes() > 0) {
            log.info(
                    "{}: {} bytes from byte {} were never written to their end and are cut off",
                    disk.describe(NAME),
                    reading.tornBytes(),
                    reading.end());
        }
        try {
            file = disk.open(NAME, reading.end());
            snapshotDue = false;
            judge(reading.journal(), reading.image().entries().size());
        } catch (IOException e) {
            log.warn("{} cannot be written: {}; it is written anew", disk.describe(NAME), e.toString());
        }
    }

    /** A copy, so that the file itself is there until a new one takes its place. */
    private void keepDamaged(JournalReading reading, byte[] bytes) {
        String kept = "kept as " + disk.describe(DAMAGED);
        try (JournalDisk.File copy = disk.create(DAMAGED)) {
            copy.append(ByteBuffer.wrap(bytes));
            copy.force();
        } catch (IOException e) {
            kept = "not kept: " + e;
        }
        log.warn(
                "{} is damaged; all else in it is used and written anew, the damaged file is {}: {}",
                disk.describe(NAME),
                kept,
                String.join("; ", reading.problems()));
    }

    private void setAside(String aside, String why) {
        try {
            disk.rename(NAME, aside);
            log.warn(
                    "{} {}; the node starts with an empty manifest, and the file is kept as {}",
                    disk.describe(NAME),
                    why,
                    disk.describe(aside));
        } catch (IOException e) {
            log.warn("{} {}, nor can it be moved aside: {}", disk.describe(NAME), why, e.toString());
        }
    }

    private void judge(@Nullable ManifestJournal written, int entries) {
        if (written != null) {
            long excess = written.bytes() - 2 * written.liveBytes(entries);
            worthwhileAtClose = excess > SLACK_AT_CLOSE_BYTES;
            snapshotDue = excess > SLACK_BYTES;
        }
    }

    private byte[] salt() {
        byte[] salt = new byte[ManifestJournal.SALT_BYTES];
        random.nextBytes(salt);
        return salt;
    }

    private static void closeQuietly(JournalDisk.File file) {
        try {
            file.close();
        } catch (IOException e) {
            log.debug("closing the journal failed", e);
        }
    }

    /** A file as the stream that the codec writes to. */
    private static final class FileStream extends OutputStream {

        private final JournalDisk.File target;

        FileStream(JournalDisk.File target) {
            this.target = target;
        }

        @Override
        public void write(int value) throws IOException {
            target.append(ByteBuffer.wrap(new byte[] {(byte) value}));
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            target.append(ByteBuffer.wrap(bytes, from, count));
        }
    }
}
