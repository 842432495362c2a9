package dev.swarm.lockbox.vault;

import dev.swarm.lockbox.age.AgeFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What lies in a vault, as it was when it was looked at. Confined to one thread at a time; its maps are for its readers to read.
 *
 * @param plain files to encrypt, by path
 * @param sealed encrypted files, by path
 * @param directories by path
 * @param notes what {@link DropSealer} wrote beside files that it could not encrypt
 * @param skipped what is left alone, by path, with the reason
 */
public record VaultScan(
        NavigableMap<String, VaultDisk.Stat> plain,
        NavigableMap<String, VaultDisk.Stat> sealed,
        NavigableMap<String, VaultDisk.Stat> directories,
        NavigableSet<String> notes,
        NavigableMap<String, String> skipped) {

    /** Deeper than people go; a directory mounted into itself ends here. */
    private static final int MAX_DEPTH = 64;

    /** The character after the slash: what is below a directory comes before the directory's name with this at its end. */
    private static final String AFTER_SLASH = "0";

    /** With nothing in it. */
    public static VaultScan empty() {
        return new VaultScan(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeSet<>(), new TreeMap<>());
    }

    /** Looks at everything. Blocks. */
    public static VaultScan of(VaultDisk disk) throws IOException {
        return empty().again(disk);
    }

    /** Looks at everything; files that are as they were in this scan are not opened. Blocks. */
    VaultScan again(VaultDisk disk) throws IOException {
        VaultScan scan = empty();
        scan.walk(disk, this, "", 0);
        return scan;
    }

    /** Whether there is a file to encrypt at a path by now, whatever this scan had found there. Blocks. */
    public boolean isPlain(VaultDisk disk, String path) throws IOException {
        VaultDisk.Stat stat = disk.stat(path);
        if (stat == null || stat.kind() != VaultDisk.Kind.FILE) {
            return false;
        }
        VaultScan now = empty();
        now.sort(disk, this, path, stat);
        return now.plain.containsKey(path);
    }

    /**
     * Looks at one path and what is below it, in place of what was known of it. Blocks.
     *
     * @return age files and directories that came, went or changed
     */
    Set<String> look(VaultDisk disk, String path) throws IOException {
        String top = path;
        int depth = 0;
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            String directory = path.substring(0, slash);
            VaultDisk.Stat stat = disk.stat(directory);
            // What took a directory's place, or was never entered, is looked at as a whole.
            if (stat == null || stat.kind() != VaultDisk.Kind.DIRECTORY || !directories.containsKey(directory)) {
                top = directory;
                break;
            }
            depth++;
        }
        if (VaultNames.isWork(top)) {
            return Set.of();
        }
        VaultScan before = empty();
        takeOut(top, before);
        VaultDisk.Stat stat = disk.stat(top);
        if (stat != null) {
            visit(disk, before, top, stat, depth);
        }
        Set<String> touched = new TreeSet<>(before.sealed.keySet());
        touched.addAll(before.directories.keySet());
        touched.addAll(part(sealed, top).keySet());
        touched.addAll(part(directories, top).keySet());
        touched.add(top);
        return touched;
    }

    private void takeOut(String path, VaultScan to) {
        move(plain, to.plain, path);
        move(sealed, to.sealed, path);
        move(directories, to.directories, path);
        move(skipped, to.skipped, path);
        NavigableSet<String> below = notes.subSet(path + "/", true, path + AFTER_SLASH, false);
        to.notes.addAll(below);
        below.clear();
        if (notes.remove(path)) {
            to.notes.add(path);
        }
    }

    private static <V> void move(NavigableMap<String, V> from, NavigableMap<String, V> to, String path) {
        NavigableMap<String, V> below = part(from, path);
        to.putAll(below);
        below.clear();
        V at = from.remove(path);
        if (at != null) {
            to.put(path, at);
        }
    }

    private static <V> NavigableMap<String, V> part(NavigableMap<String, V> map, String directory) {
        return map.subMap(directory + "/", true, directory + AFTER_SLASH, false);
    }

    private void walk(VaultDisk disk, VaultScan known, String directory, int depth) throws IOException {
        List<String> names = new ArrayList<>(disk.list(directory));
        Collections.sort(names);
        for (String name : names) {
            String path = VaultNames.in(directory, name);
            if (VaultNames.isWork(path)) {
                continue;
            }
            VaultDisk.Stat stat = disk.stat(path);
            if (stat == null) {
                skipped.put(path, "its name is not text in this machine's character set, or it has just gone");
                continue;
            }
            visit(disk, known, path, stat, depth);
        }
    }

    private void visit(VaultDisk disk, VaultScan known, String path, VaultDisk.Stat stat, int depth) {
        switch (stat.kind()) {
            case DIRECTORY -> {
                directories.put(path, stat);
                if (depth == MAX_DEPTH) {
                    skipped.put(path, "it is more than " + MAX_DEPTH + " directories deep");
                } else {
                    enter(disk, known, path, depth);
                }
            }
            case FILE -> sort(disk, known, path, stat);
            case LINK -> skipped.put(path, "it is a symbolic link");
            case OTHER -> skipped.put(path, "it is neither a file nor a directory");
        }
    }

    private void enter(VaultDisk disk, VaultScan known, String path, int depth) {
        try {
            walk(disk, known, path, depth + 1);
        } catch (IOException e) {
            skipped.put(path, "it cannot be read: " + e.getClass().getSimpleName());
        }
    }

    /** A name that ends as encrypted files do proves nothing; a user may drop such a file. */
    private void sort(VaultDisk disk, VaultScan known, String path, VaultDisk.Stat stat) {
        if (path.endsWith(VaultNames.SEALED)) {
            if (stat.equals(known.sealed.get(path)) || isAge(disk, path)) {
                sealed.put(path, stat);
                return;
            }
        } else if (path.endsWith(VaultNames.FAILED) && stat.size() <= FailureNote.MAX_BYTES && isNote(disk, path)) {
            notes.add(path);
            return;
        }
        plain.put(path, stat);
    }

    private static boolean isAge(VaultDisk disk, String path) {
        byte[] beginning = beginning(disk, path, AgeFile.FIRST_LINE.length() + 1);
        return beginning != null && AgeFile.startsLikeAge(beginning);
    }

    private static boolean isNote(VaultDisk disk, String path) {
        byte[] beginning = beginning(disk, path, FailureNote.MAX_BYTES);
        return beginning != null && FailureNote.isNote(beginning);
    }

    private static byte @Nullable [] beginning(VaultDisk disk, String path, int bytes) {
        try (InputStream source = disk.read(path)) {
            return source.readNBytes(bytes);
        } catch (IOException e) {
            return null;
        }
    }
}
