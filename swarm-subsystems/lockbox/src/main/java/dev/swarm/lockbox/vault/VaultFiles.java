package dev.swarm.lockbox.vault;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The age files of a vault by what they are, and the ways in and out for those that come from elsewhere. Confined to one thread at
 * a time, but for {@link #receive}, which any thread may call.
 */
public final class VaultFiles {

    private static final String GOT = VaultNames.in(VaultNames.WORK, "got-");
    private static final String PART = VaultNames.in(VaultNames.WORK, "part-");

    private final VaultDisk disk;
    private final RandomGenerator random;
    private final Set<String> arriving = ConcurrentHashMap.newKeySet();
    private final Map<String, Held> held = new HashMap<>();
    private final Map<String, TreeSet<String>> pathsOf = new HashMap<>();

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
    }

    /** What an earlier run knew. */
    public void restore(Map<String, Held> kept) {
        replace(kept);
    }

    /** What is known, by path. A copy. */
    public Map<String, Held> all() {
        return Map.copyOf(held);
    }

    /** What is at a path, as far as is known. */
    public @Nullable Held at(String path) {
        return held.get(path);
    }

    /** Where a content is; null if it is nowhere. */
    public @Nullable String pathOf(String id) {
        TreeSet<String> paths = pathsOf.get(id);
        return paths == null ? null : paths.first();
    }

    /**
     * Takes in a look at the vault. What did not change since the last one, or was only moved, is not read again.
     *
     * @param sealed what was encrypted meanwhile, by path
     */
    public void update(VaultScan scan, Map<String, DropSealer.Sealed> sealed) throws IOException {
        Map<VaultDisk.Stat, String> moved = new HashMap<>();
        held.values().forEach(each -> moved.put(each.stat(), each.id()));
        Map<String, Held> next = new HashMap<>();
        for (Map.Entry<String, VaultDisk.Stat> each : scan.sealed().entrySet()) {
            String path = each.getKey();
            VaultDisk.Stat stat = each.getValue();
            DropSealer.Sealed fresh = sealed.get(path);
            Held old = held.get(path);
            if (fresh != null && fresh.size() == stat.size()) {
                next.put(path, new Held(stat, fresh.contentId()));
            } else if (old != null && old.stat().equals(stat)) {
                next.put(path, old);
            } else if (stat.fileKey() != 0 && moved.containsKey(stat)) {
                next.put(path, new Held(stat, String.valueOf(moved.get(stat))));
            } else {
                next.put(path, new Held(stat, digestOf(path)));
            }
        }
        replace(next);
    }

    /** Whether a content lies ready to be put under a name. */
    public boolean isReceived(String id) throws IOException {
        return disk.stat(GOT + id) != null;
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

    /**
     * Writes a content that comes from elsewhere, to be put under a name later. For any thread.
     *
     * @param size in bytes; the source is read so far
     * @throws IOException if the disk or the source fails, or if it is something else; then nothing of it stays
     */
    public void receive(String id, long size, InputStream source) throws IOException {
        disk.makeDirectory(VaultNames.WORK);
        String part = PART + Long.toHexString(random.nextLong());
        boolean done = false;
        arriving.add(part);
        try {
            MessageDigest digest = Sha256.start();
            try (VaultDisk.NewFile target = disk.create(part)) {
                copy(source, target, digest, size);
                target.force();
            }
            if (!HexFormat.of().formatHex(digest.digest()).equals(id)) {
                throw new IOException("content of a lockbox file does not have its SHA-256 " + id);
            }
            disk.rename(part, GOT + id);
            done = true;
        } finally {
            if (!done) {
                disk.delete(part);
            }
            arriving.remove(part);
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

    /** Makes a content of the file under a name, to be put in its place later. Blocks. */
    public Made make(String path, Conversion conversion) throws IOException {
        try (InputStream source = disk.read(path)) {
            return ready(draft(source, conversion));
        }
    }

    /**
     * A content that was made here and does not lie ready yet.
     *
     * @param made what it is
     * @param part where it is
     */
    public record Draft(Made made, String part) {}

    /** Makes a content of something else; either {@link #ready} or {@link #discard} comes after it. For any thread. Blocks. */
    public Draft draft(InputStream source, Conversion conversion) throws IOException {
        disk.makeDirectory(VaultNames.WORK);
        String part = PART + Long.toHexString(random.nextLong());
        MessageDigest digest = Sha256.start();
        arriving.add(part);
        boolean done = false;
        try {
            String payload;
            try (VaultDisk.NewFile target = disk.create(part)) {
                payload = conversion.convert(source, new DigestOutputStream(target, digest));
                target.force();
            }
            VaultDisk.Stat stat = disk.stat(part);
            String id = HexFormat.of().formatHex(digest.digest());
            Draft draft = new Draft(new Made(id, stat == null ? 0 : stat.size(), payload), part);
            done = true;
            return draft;
        } finally {
            if (!done) {
                discard(part);
            }
        }
    }

    /** Lets a content lie ready until the next {@link #sweep}, which deletes it unless it is wanted by then. */
    public Made ready(Draft draft) throws IOException {
        disk.rename(draft.part(), GOT + draft.made().id());
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
     * Puts a content under a name, in place of what is there.
     *
     * @param movable whether the file that has it now may be moved away; else it is copied
     * @return false if the content is not here, or if what is under the name is not what was last seen
     */
    public boolean install(String path, String id, long modifiedNanos, Predicate<String> movable) throws IOException {
        Held old = held.get(path);
        if (!Objects.equals(old == null ? null : old.stat(), disk.stat(path)) || !stage(id, movable)) {
            return false;
        }
        disk.makeDirectory(VaultNames.parent(path));
        disk.setModified(GOT + id, modifiedNanos);
        disk.rename(GOT + id, path);
        disk.force(VaultNames.parent(path));
        VaultDisk.Stat stat = disk.stat(path);
        if (stat != null) {
            drop(path);
            hold(path, new Held(stat, id));
        }
        return true;
    }

    /** Deletes a file; false if it is not what was last seen. */
    public boolean remove(String path) throws IOException {
        Held old = held.get(path);
        VaultDisk.Stat there = disk.stat(path);
        if (there != null && (old == null || !old.stat().equals(there))) {
            return false;
        }
        disk.delete(path);
        drop(path);
        removeEmptyParents(path);
        return true;
    }

    /** Deletes what was received and no longer is wanted, and what came half. */
    public void sweep(Predicate<String> wanted) throws IOException {
        if (disk.stat(VaultNames.WORK) == null) {
            return;
        }
        for (String name : disk.list(VaultNames.WORK)) {
            String path = VaultNames.in(VaultNames.WORK, name);
            boolean abandoned = path.startsWith(PART) && !arriving.contains(path);
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
        TreeSet<String> paths = pathsOf.get(id);
        return paths != null && paths.size() == 1 && paths.contains(path) && !isReceived(id);
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
            drop(source);
        } else {
            try (InputStream content = disk.read(source)) {
                receive(id, there.stat().size(), content);
            }
        }
        return true;
    }

    private void replace(Map<String, Held> next) {
        held.clear();
        pathsOf.clear();
        next.forEach(this::hold);
    }

    private void hold(String path, Held what) {
        held.put(path, what);
        pathsOf.computeIfAbsent(what.id(), id -> new TreeSet<>()).add(path);
    }

    private void drop(String path) {
        Held old = held.remove(path);
        TreeSet<String> paths = old == null ? null : pathsOf.get(old.id());
        if (old != null && paths != null && paths.remove(path) && paths.isEmpty()) {
            pathsOf.remove(old.id());
        }
    }

    private void removeEmptyParents(String path) throws IOException {
        String parent = VaultNames.parent(path);
        while (!parent.isEmpty()
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
