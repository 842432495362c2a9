package dev.swarm.lockbox.vault;

import java.nio.charset.StandardCharsets;

/** What names in a vault say. Pure. */
public final class VaultNames {

    /** The ending of encrypted files. */
    public static final String SEALED = ".age";

    /** The ending of a note beside a file that cannot be encrypted. */
    public static final String FAILED = ".failed";

    /** The vault's own directory, in which nothing of the user's stays. */
    public static final String WORK = ".lockbox";

    /** Longest name of a file that Linux and macOS take, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 255;

    private VaultNames() {}

    /** The directory of a path; empty for what is in the vault itself. */
    public static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    /** The last name of a path. */
    public static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** A name in a directory. */
    public static String in(String directory, String name) {
        return directory.isEmpty() ? name : directory + "/" + name;
    }

    /** Whether a path goes by the vault's own name for its work. */
    public static boolean isWork(String path) {
        return path.equals(WORK) || path.startsWith(WORK + "/");
    }

    /** Whether a name is short enough with an ending. */
    public static boolean fits(String name, String ending) {
        return fits(name, ending, MAX_NAME_BYTES);
    }

    /** Whether a text is short enough with an ending. */
    public static boolean fits(String text, String ending, int maxBytes) {
        return (text + ending).getBytes(StandardCharsets.UTF_8).length <= maxBytes;
    }

    /** A name with an ending, cut so that it fits. */
    public static String withEnding(String name, String ending) {
        int end = name.length();
        while (!fits(name.substring(0, end), ending)) {
            end = name.offsetByCodePoints(end, -1);
        }
        return name.substring(0, end) + ending;
    }
}
