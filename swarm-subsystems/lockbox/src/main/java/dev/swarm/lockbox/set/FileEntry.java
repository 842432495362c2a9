package dev.swarm.lockbox.set;

import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.lockbox.vault.VaultNames;
import dev.swarm.peer.PeerId;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What became of one name, by one change on one machine. Immutable.
 *
 * @param path of the age file or directory, relative to the lockbox, with {@code /} between names
 * @param state whether it is there
 * @param content what it is; nothing in particular for what is gone
 * @param origin the machine that changed it
 * @param stamp when, for the order of changes
 * @param versions the last change of each machine that whoever made this one had seen, its own included;
 *     an entry that follows from two others has seen what they had
 */
public record FileEntry(
        String path,
        State state,
        Content content,
        PeerId origin,
        HybridTimestamp stamp,
        NavigableMap<PeerId, HybridTimestamp> versions) {

    /** Longest path in bytes of UTF-8, as Linux takes it. */
    public static final int MAX_PATH_BYTES = 4096;

    /** More machines than this change one file of no user. */
    public static final int MAX_VERSIONS = 256;

    /**
     * The greater of two changes stays. Total, the same on every machine, and never against {@link #follows}: a change has a later
     * stamp than those it follows, or, if both were derived from one deletion, the same stamp and later versions.
     */
    public static final Comparator<FileEntry> LATER = Comparator.comparing(FileEntry::stamp)
            .thenComparing(FileEntry::versions, FileEntry::compareVersions)
            .thenComparing(FileEntry::origin)
            .thenComparing(FileEntry::state)
            .thenComparing(entry -> entry.content().id())
            .thenComparing(FileEntry::path)
            .thenComparing(entry -> entry.content().toString());

    private static final int MAX_NAMES = 64;

    /** Whether a name is there. */
    public enum State {
        /** Deleted, or renamed. */
        GONE,
        /** A file. */
        FILE,
        /** A directory, of which the content says the permissions. */
        DIRECTORY,
        /** Given up, as no machine had the content. Nothing is there, and who has a file of that name brings it back. */
        LOST
    }

    /**
     * What a file is.
     *
     * @param id SHA-256 of the age file in hexadecimal digits; empty for directories and what is gone
     * @param size of the age file in bytes
     * @param mode permissions that the plaintext had, for when it is decrypted; those of a directory
     * @param modifiedNanos last change of the plaintext, nanoseconds from the epoch
     * @param document 32 hexadecimal digits that stay when the same plaintext is encrypted to others, and say nothing of it
     * @param generation 16 hexadecimal digits that stand for the keys to which it is encrypted; {@link #UNKNOWN_GENERATION} if
     *     the user encrypted it
     * @param payload 32 hexadecimal digits that stay when the file's keys are wrapped for others; {@link #UNKNOWN_PAYLOAD} if they
     *     were not read
     */
    public record Content(
            String id, long size, int mode, long modifiedNanos, String document, String generation, String payload) {

        /** Of a file that was not read. */
        public static final String UNKNOWN_PAYLOAD = "0".repeat(32);

        /** The keys to which a file is encrypted are the user's affair. */
        public static final String UNKNOWN_GENERATION = "0".repeat(16);

        /** Digits of a document's id. */
        public static final int DOCUMENT_DIGITS = 32;

        private static final Pattern ID = Pattern.compile("([0-9a-f]{64})?");
        private static final Pattern DOCUMENT = Pattern.compile("[0-9a-f]{32}");
        private static final Pattern GENERATION = Pattern.compile("[0-9a-f]{16}");
        private static final int ANY_PERMISSION = 0777;

        /** Of what is gone. */
        public static final Content NONE =
                new Content("", 0, 0, 0, "0".repeat(DOCUMENT_DIGITS), UNKNOWN_GENERATION, UNKNOWN_PAYLOAD);

        /** Of a directory; its owner may always enter and change it. */
        public static Content ofDirectory(int mode) {
            return new Content("", 0, directoryMode(mode), 0, NONE.document(), UNKNOWN_GENERATION, UNKNOWN_PAYLOAD);
        }

        /** The permissions that a directory of some permissions has on all machines. */
        public static int directoryMode(int mode) {
            return (mode & ANY_PERMISSION) | 0700;
        }

        /** Checks the form. */
        public Content {
            boolean named = ID.matcher(id).matches()
                    && DOCUMENT.matcher(document).matches()
                    && GENERATION.matcher(generation).matches()
                    && DOCUMENT.matcher(payload).matches();
            if (!named || size < 0 || (mode & ~ANY_PERMISSION) != 0) {
                throw new IllegalArgumentException(
                        "content of a lockbox file is no SHA-256, of negative size or of a mode over 0777");
            }
        }
    }

    /** Checks the parts and keeps copies. */
    public FileEntry {
        String objection = objectionTo(path, state == State.FILE);
        if (objection != null) {
            throw new IllegalArgumentException("path of a lockbox file " + objection);
        }
        if ((state == State.FILE) != !content.id().isEmpty()) {
            throw new IllegalArgumentException("a lockbox file is there without content, or gone with it");
        }
        versions = Collections.unmodifiableNavigableMap(new TreeMap<>(versions));
        if (versions.size() > MAX_VERSIONS) {
            throw new IllegalArgumentException(
                    "versions of a lockbox file have " + versions.size() + " machines, limit " + MAX_VERSIONS);
        }
    }

    /**
     * Checks that a text is the path of an age file in a lockbox.
     *
     * @throws IllegalArgumentException that says why it is none
     */
    public static void requirePath(String path) {
        String objection = objectionTo(path, true);
        if (objection != null) {
            throw new IllegalArgumentException("path of a lockbox file " + objection);
        }
    }

    /** Whether whoever made this change had seen the other. */
    public boolean follows(FileEntry other) {
        for (Map.Entry<PeerId, HybridTimestamp> seen : other.versions.entrySet()) {
            HybridTimestamp mine = versions.get(seen.getKey());
            if (mine == null || mine.isBefore(seen.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** Whether a file is there. */
    public boolean isFile() {
        return state == State.FILE;
    }

    /** Whether a directory is there. */
    public boolean isDirectory() {
        return state == State.DIRECTORY;
    }

    /** Whether nothing is there. */
    public boolean isGone() {
        return state == State.GONE || state == State.LOST;
    }

    /** By the first machine of which one has seen more. */
    private static int compareVersions(
            NavigableMap<PeerId, HybridTimestamp> one, NavigableMap<PeerId, HybridTimestamp> other) {
        TreeSet<PeerId> hosts = new TreeSet<>(one.keySet());
        hosts.addAll(other.keySet());
        for (PeerId host : hosts) {
            int order = one.getOrDefault(host, HybridTimestamp.ZERO)
                    .compareTo(other.getOrDefault(host, HybridTimestamp.ZERO));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static @Nullable String objectionTo(String path, boolean isFile) {
        if (isFile && !path.endsWith(VaultNames.SEALED)) {
            return "does not end with " + VaultNames.SEALED;
        }
        if (isFile && VaultNames.name(path).equals(VaultNames.SEALED)) {
            return "has no name before " + VaultNames.SEALED;
        }
        if (path.length() > MAX_PATH_BYTES || !VaultNames.fits(path, "", MAX_PATH_BYTES)) {
            return "is longer than " + MAX_PATH_BYTES + " bytes";
        }
        String[] names = path.split("/", -1);
        if (names.length > MAX_NAMES || names[0].equals(VaultNames.WORK)) {
            return "is too deep, or the vault's own";
        }
        for (String name : names) {
            if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0) {
                return "has a part that is no name";
            }
            if (!VaultNames.fits(name, "")) {
                return "has a name of more than " + VaultNames.MAX_NAME_BYTES + " bytes";
            }
        }
        return null;
    }
}
