package dev.swarm.lockbox.vault;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The age files of a vault by what they are, and the ways in and out for those that come from elsewhere. Confined to one thread at
 * a time, but for {@link #arrivals} and {@link #draft}, which any thread may call.
 */
public final class VaultFiles {

    private static final String GOT = VaultNames.in(VaultNames.WORK, "got-");
    private static final String PART = VaultNames.in(VaultNames.WORK, "part-");

    private final VaultDisk disk;
    private final RandomGenerator random;
    private final Beginnings beginnings;
    private final Set<String> made = new HashSet<>();
    private final Set<String> arriving = ConcurrentHashMap.newKeySet();
    private final Map<String, Held> held = new HashMap<>();
    private final Map<VaultDisk.Stat, String> contentOf = new HashMap<>();
    private final PathsByKey byContent = new PathsByKey();
    private final ChangeLog log = new ChangeLog();

    private final Object readyLock = new Object();

    /** What lies ready, as far as is known; null before the first look. Guarded by {@code readyLock}. */
    private @Nullable Set<String> ready;

    /**
     * An age file on disk.
     *
     * @param stat as it was when its content was determined
     * @param id SHA-256 of its content in hexadecimal digits
     */
    public record Held(VaultDisk.Stat stat, String id) {}

    /**
     * Creates the files of a vault, of which nothing is known yet.
     *
     * @param random for names
     */
    public VaultFiles(VaultDisk disk, RandomGenerator random) {
        this.disk = disk;
        this.random = random;
        this.beginnings = new Beginnings(disk);
    }

    /** What an earlier run knew. */
    public void restore(Map<String, Held> kept) {
        kept.forEach(this::hold);
    }

    /** What is known, by path. A live view. */
    public Map<String, Held> all() {
        return Collections.unmodifiableMap(held);
    }

    /** Paths of which something else is known than at {@code change}. */
    public List<String> changedAfter(long change) {
        return log.after(change);
    }

    /** The number of the last change of what is known. */
    public long lastChange() {
        return log.last();
    }

    /** What is at a path, as far as is known. */
    public @Nullable Held at(String path) {
        return held.get(path);
    }

    /** Where a content is; null if it is nowhere. */
    public @Nullable String pathOf(String id) {
        return byContent.first(id);
    }

    /**
     * Takes in a look at the vault. What did not change since the last one, or was only moved, is not read again.
     *
     * @return the paths that may have changed
     */
    public Set<String> update(Vault.Pass pass) throws IOException {
        Set<String> paths = new TreeSet<>(pass.touched());
        if (pass.whole()) {
            paths.addAll(held.keySet());
            paths.addAll(pass.after().sealed().keySet());
        }
        Map<String, DropSealer.Sealed> sealed = new HashMap<>();
        pass.sealed().forEach(each -> sealed.put(each.path(), each));
        Map<String, Held> changed = new TreeMap<>();
        for (String path : paths) {
            VaultDisk.Stat stat = pass.after().sealed().get(path);
            Held old = held.get(path);
            if (stat != null && (old == null || !old.stat().equals(stat))) {
                DropSealer.Sealed fresh = sealed.get(path);
                String moved = stat.fileKey() == 0 ? null : contentOf.get(stat);
                String id = fresh != null && fresh.stat().equals(stat) ? fresh.contentId() : moved;
                changed.put(path, new Held(stat, id == null ? digestOf(path) : id));
            }
        }
        for (String path : paths) {
            Held next = changed.get(path);
            if (next != null) {
                hold(path, next);
            } else if (!pass.after().sealed().containsKey(path)) {
                drop(path);
            }
        }
        return paths;
    }

    /** Whether a content lies ready to be put under a name. */
    public boolean isReceived(String id) throws IOException {
        return ready().contains(id) && disk.stat(GOT + id) != null;
    }

    /** How long a content is in bytes; -1 if it is not here. */
    public long sizeOf(String id) throws IOException {
        String path = pathOf(id);
        VaultDisk.Stat stat = disk.stat(path == null ? GOT + id : path);
        return stat == null ? -1 : stat.size();
    }

    /** Opens a content; null if it is not here. */
    public @Nullable InputStream open(String id) throws IOException {
        String path = pathOf(id);
        if (path != null) {
            return disk.read(path);
        }
        return isReceived(id) ? disk.read(GOT + id) : null;
    }

    /** Begins to take contents that come from elsewhere. For any thread. */
    public Arrivals arrivals() {
        return new Arrivals();
    }

    /**
     * Contents that come from elsewhere, one after the other; they lie ready, to be put under their names later, some at a time, and
     * all of them once this is closed. Confined to one thread.
     */
    public final class Arrivals implements AutoCloseable {

        /** Flushed together, each with an open file. */
        private static final int GROUP_FILES = 64;

        private final List<Arrived> unsettled = new ArrayList<>();

        private record Arrived(String id, String part, VaultDisk.NewFile file) {}

        private Arrivals() {}

        /**
         * Writes a content. Blocks.
         *
         * @param size in bytes; the source is read so far
         * @throws AlteredException if it is something else than it is said to be; then nothing of it stays
         * @throws IOException if the disk or the source fails; then nothing of it stays
         */
        public void take(String id, long size, InputStream source) throws IOException {
            disk.makeDirectory(VaultNames.WORK);
            String part = PART + Long.toHexString(random.nextLong());
            arriving.add(part);
            VaultDisk.NewFile target = null;
            boolean done = false;
            try {
                target = disk.create(part);
                MessageDigest digest = Sha256.start();
                copy(source, target, digest, size);
                if (!HexFormat.of().formatHex(digest.digest()).equals(id)) {
                    throw new AlteredException("content of a lockbox file does not have its SHA-256 " + id);
                }
                unsettled.add(new Arrived(id, part, target));
                done = true;
            } finally {
                if (!done) {
                    if (target != null) {
                        target.close();
                    }
                    discard(part);
                }
            }
            if (unsettled.size() >= GROUP_FILES) {
                settle();
            }
        }

        @Override
        public void close() throws IOException {
            try {
                settle();
            } finally {
                for (Arrived each : unsettled) {
                    each.file().close();
                    discard(each.part());
                }
            }
        }

        private void settle() throws IOException {
            disk.force(unsettled.stream().map(Arrived::file).toList());
            while (!unsettled.isEmpty()) {
                Arrived each = unsettled.get(unsettled.size() - 1);
                each.file().close();
                disk.rename(each.part(), GOT + each.id());
                ready().add(each.id());
                arriving.remove(each.part());
                unsettled.remove(unsettled.size() - 1);
            }
        }
    }

    /**
     * A range of a content.
     *
     * @param id SHA-256 of the content in hexadecimal digits
     * @param size of the content in bytes
     * @param offset of the range in bytes
     * @param length of the range in bytes
     */
    public record Range(String id, long size, long offset, long length) {

        /** Checks that it is within the content. */
        public Range {
            if (offset < 0 || length <= 0 || offset > size || length > size - offset) {
                throw new IllegalArgumentException(
                        "range of " + length + " bytes from " + offset + " is not within a content of " + size);
            }
        }
    }

    /** Where the next range of a content of {@code size} bytes begins. */
    public long beginningOf(String id, long size) throws IOException {
        return beginnings.lengthOf(id, size);
    }

    /**
     * Takes the range that is next; after the last, the content lies ready. For any thread. Blocks.
     *
     * @return false if another is next, or one comes at present
     * @throws AlteredException if the content is something else than it is said to be; then nothing of it stays
     * @throws IOException if the disk or the source fails; what came until then stays
     */
    public boolean takeRange(Range range, InputStream source) throws IOException {
        Boolean whole = beginnings.take(range, source, GOT + range.id());
        if (Boolean.TRUE.equals(whole)) {
            ready().add(range.id());
        }
        return whole != null;
    }

    /** A content is not what it is said to be. */
    public static final class AlteredException extends IOException {

        private static final long serialVersionUID = 1L;

        AlteredException(String message) {
            super(message);
        }
    }

    /** Makes one file of another. */
    public interface Conversion {

        /** Reads all of one and writes all of the other; gives the payload's id. */
        String convert(InputStream source, OutputStream target) throws IOException;
    }

    /**
     * A content that was made here and lies ready.
     *
     * @param id SHA-256 in hexadecimal digits
     * @param size in bytes
     * @param payload id of its payload
     */
    public record Made(String id, long size, String payload) {}

    /** Makes a content of the file under a name, to be put in its place later; as {@link #draft}. */
    public Draft make(String path, Conversion conversion) throws IOException {
        try (InputStream source = disk.read(path)) {
            return draft(source, conversion);
        }
    }

    /**
     * A content that was made here and does not lie ready yet.
     *
     * @param made what it is
     * @param part where it is
     * @param file open until it was flushed or given up
     */
    public record Draft(Made made, String part, VaultDisk.NewFile file) {}

    /**
     * Makes a content of something else; {@link #force} and {@link #ready}, or {@link #discard} come after it. For any thread. Blocks.
     */
    public Draft draft(InputStream source, Conversion conversion) throws IOException {
        disk.makeDirectory(VaultNames.WORK);
        String part = PART + Long.toHexString(random.nextLong());
        MessageDigest digest = Sha256.start();
        arriving.add(part);
        VaultDisk.NewFile target = null;
        boolean done = false;
        try {
            target = disk.create(part);
            String payload = conversion.convert(source, new DigestOutputStream(target, digest));
            VaultDisk.Stat stat = disk.stat(part);
            String id = HexFormat.of().formatHex(digest.digest());
            Draft draft = new Draft(new Made(id, stat == null ? 0 : stat.size(), payload), part, target);
            done = true;
            return draft;
        } finally {
            if (!done) {
                if (target != null) {
                    target.close();
                }
                discard(part);
            }
        }
    }

    /** Returns when these are on disk. For any thread. */
    public void force(List<Draft> drafts) throws IOException {
        disk.force(drafts.stream().map(Draft::file).toList());
        for (Draft draft : drafts) {
            draft.file().close();
        }
    }

    /** Lets a content lie ready until the next {@link #sweep}, which deletes it unless it is wanted by then. */
    public Made ready(Draft draft) throws IOException {
        disk.rename(draft.part(), GOT + draft.made().id());
        ready().add(draft.made().id());
        arriving.remove(draft.part());
        return draft.made();
    }

    /** Makes sure that what lies ready is there after a power cut. */
    public void forceReady() throws IOException {
        if (disk.stat(VaultNames.WORK) != null) {
            disk.force(VaultNames.WORK);
        }
    }

    /** Gives a content up. */
    public void discard(Draft draft) throws IOException {
        draft.file().close();
        discard(draft.part());
    }

    private void discard(String part) throws IOException {
        try {
            disk.delete(part);
        } finally {
            arriving.remove(part);
        }
    }

    /**
     * Puts a content under a name, in place of what is there. That is on disk once the directory was flushed.
     *
     * @param movable whether the file that has it now may be moved away; else it is copied
     * @return false if the content is not here, or if what is under the name is not what was last seen
     */
    public boolean install(String path, String id, long modifiedNanos, Predicate<String> movable) throws IOException {
        Held old = held.get(path);
        if (!Objects.equals(old == null ? null : old.stat(), disk.stat(path)) || !stage(id, movable)) {
            return false;
        }
        makeParents(path);
        disk.setModified(GOT + id, modifiedNanos);
        disk.rename(GOT + id, path);
        ready().remove(id);
        VaultDisk.Stat stat = disk.stat(path);
        if (stat != null) {
            hold(path, new Held(stat, id));
        }
        return true;
    }

    private void makeParents(String path) throws IOException {
        String parent = VaultNames.parent(path);
        for (String each = parent; !each.isEmpty() && disk.stat(each) == null; each = VaultNames.parent(each)) {
            made.add(each);
        }
        disk.makeDirectory(parent);
    }

    /** Whether a directory was made for a file that was put in it, in this run. */
    public boolean hasMade(String directory) {
        return made.contains(directory);
    }

    /**
     * Makes a directory, or gives one that is there other permissions. That is on disk once the directory around it was flushed.
     *
     * @throws IOException if the disk fails, or if something else has its name
     */
    public void installDirectory(String path, int mode) throws IOException {
        disk.makeDirectory(path);
        VaultDisk.Stat stat = disk.stat(path);
        if (stat == null || stat.mode() != mode) {
            disk.setMode(path, mode);
        }
        made.remove(path);
    }

    /** Deletes a directory; false if something is in it. */
    public boolean removeDirectory(String path) throws IOException {
        made.remove(path);
        VaultDisk.Stat stat = disk.stat(path);
        if (stat == null || stat.kind() != VaultDisk.Kind.DIRECTORY) {
            return true;
        }
        return disk.list(path).isEmpty() && disk.delete(path);
    }

    /**
     * Deletes a file, and the directories that are empty without it.
     *
     * @param stays whether a directory stays
     * @return false if the file is not what was last seen
     */
    public boolean remove(String path, Predicate<String> stays) throws IOException {
        Held old = held.get(path);
        VaultDisk.Stat there = disk.stat(path);
        if (there != null && (old == null || !old.stat().equals(there))) {
            return false;
        }
        disk.delete(path);
        drop(path);
        removeEmptyParents(path, stays);
        return true;
    }

    /** Deletes what was received and no longer is wanted, and what came half. */
    public void sweep(Predicate<String> wanted) throws IOException {
        synchronized (readyLock) {
            ready = null;
        }
        if (disk.stat(VaultNames.WORK) == null) {
            return;
        }
        for (String name : disk.list(VaultNames.WORK)) {
            String path = VaultNames.in(VaultNames.WORK, name);
            String begun = Beginnings.idOf(path);
            boolean abandoned = begun == null
                    ? path.startsWith(PART) && !arriving.contains(path)
                    : !wanted.test(begun) && !beginnings.isArriving(begun);
            if (abandoned || (path.startsWith(GOT) && !wanted.test(path.substring(GOT.length())))) {
                disk.delete(path);
            }
        }
    }

    /** Makes a content ready that is under a name which is about to lose it; does nothing if it is ready, or nowhere. */
    public void keep(String id, Predicate<String> movable) throws IOException {
        String path = pathOf(id);
        if (path != null && movable.test(path)) {
            stage(id, movable);
        }
    }

    /** Whether a content is under this name and nowhere else. */
    public boolean isOnlyAt(String path, String id) throws IOException {
        return byContent.of(id).size() == 1 && byContent.of(id).contains(path) && !isReceived(id);
    }

    private boolean stage(String id, Predicate<String> movable) throws IOException {
        if (isReceived(id)) {
            return true;
        }
        String source = pathOf(id);
        Held there = source == null ? null : held.get(source);
        if (source == null || there == null || !there.stat().equals(disk.stat(source))) {
            return false;
        }
        if (movable.test(source)) {
            disk.rename(source, GOT + id);
            ready().add(id);
            drop(source);
        } else {
            try (InputStream content = disk.read(source);
                    Arrivals copy = arrivals()) {
                copy.take(id, there.stat().size(), content);
            }
        }
        return true;
    }

    /** A set that many threads may use. */
    private Set<String> ready() throws IOException {
        synchronized (readyLock) {
            Set<String> known = ready;
            if (known == null) {
                known = readyOnDisk();
                ready = known;
            }
            return known;
        }
    }

    private Set<String> readyOnDisk() throws IOException {
        Set<String> found = ConcurrentHashMap.newKeySet();
        if (disk.stat(VaultNames.WORK) != null) {
            for (String name : disk.list(VaultNames.WORK)) {
                String path = VaultNames.in(VaultNames.WORK, name);
                if (path.startsWith(GOT)) {
                    found.add(path.substring(GOT.length()));
                }
            }
        }
        return found;
    }

    private void hold(String path, Held what) {
        drop(path);
        held.put(path, what);
        byContent.add(what.id(), path);
        contentOf.put(what.stat(), what.id());
        log.note(path);
    }

    private void drop(String path) {
        Held old = held.remove(path);
        if (old != null) {
            byContent.remove(old.id(), path);
            contentOf.remove(old.stat());
            log.note(path);
        }
    }

    private void removeEmptyParents(String path, Predicate<String> stays) throws IOException {
        String parent = VaultNames.parent(path);
        while (!parent.isEmpty()
                && !stays.test(parent)
                && disk.stat(parent) != null
                && disk.list(parent).isEmpty()) {
            disk.delete(parent);
            parent = VaultNames.parent(parent);
        }
    }

    private String digestOf(String path) throws IOException {
        MessageDigest digest = Sha256.start();
        try (InputStream source = new DigestInputStream(disk.read(path), digest)) {
            source.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void copy(InputStream source, OutputStream target, MessageDigest digest, long size)
            throws IOException {
        byte[] piece = new byte[64 * 1024];
        long left = size;
        while (left > 0) {
            int read = source.read(piece, 0, (int) Math.min(piece.length, left));
            if (read < 0) {
                throw new EOFException("content of a lockbox file ended " + left + " bytes early");
            }
            digest.update(piece, 0, read);
            target.write(piece, 0, read);
            left -= read;
        }
    }
}
