package dev.swarm.lockbox.vault;

import dev.swarm.lockbox.age.AgeFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What lies in a vault at some time. Immutable but for its maps, which are its reader's.
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
        List<String> notes,
        NavigableMap<String, String> skipped) {

    /** Deeper than people go; a directory mounted into itself ends here. */
    private static final int MAX_DEPTH = 64;

    /** Looks at everything. Blocks. */
    public static VaultScan of(VaultDisk disk) throws IOException {
        VaultScan scan =
                new VaultScan(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new ArrayList<>(), new TreeMap<>());
        scan.walk(disk, "", 0);
        return scan;
    }

    private void walk(VaultDisk disk, String directory, int depth) throws IOException {
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
            visit(disk, path, stat, depth);
        }
    }

    private void visit(VaultDisk disk, String path, VaultDisk.Stat stat, int depth) throws IOException {
        switch (stat.kind()) {
            case DIRECTORY -> {
                directories.put(path, stat);
                if (depth == MAX_DEPTH) {
                    skipped.put(path, "it is more than " + MAX_DEPTH + " directories deep");
                } else {
                    enter(disk, path, depth);
                }
            }
            case FILE -> sort(disk, path, stat);
            case LINK -> skipped.put(path, "it is a symbolic link");
            case OTHER -> skipped.put(path, "it is neither a file nor a directory");
        }
    }

    private void enter(VaultDisk disk, String path, int depth) {
        try {
            walk(disk, path, depth + 1);
        } catch (IOException e) {
            skipped.put(path, "it cannot be read: " + e.getClass().getSimpleName());
        }
    }

    /** A name that ends as encrypted files do proves nothing; a user may drop such a file. */
    private void sort(VaultDisk disk, String path, VaultDisk.Stat stat) throws IOException {
        if (path.endsWith(VaultNames.SEALED)) {
            byte[] beginning = beginning(disk, path, AgeFile.FIRST_LINE.length() + 1);
            if (beginning != null && AgeFile.startsLikeAge(beginning)) {
                sealed.put(path, stat);
                return;
            }
        } else if (path.endsWith(VaultNames.FAILED) && stat.size() <= FailureNote.MAX_BYTES) {
            byte[] beginning = beginning(disk, path, FailureNote.MAX_BYTES);
            if (beginning != null && FailureNote.isNote(beginning)) {
                notes.add(path);
                return;
            }
        }
        plain.put(path, stat);
    }

    private static byte @Nullable [] beginning(VaultDisk disk, String path, int bytes) {
        try (InputStream source = disk.read(path)) {
            return source.readNBytes(bytes);
        } catch (IOException e) {
            return null;
        }
    }
}
