package dev.swarm.examples.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A user of the operating system, and what owners and modes of files let them read; access lists are not looked at. Immutable.
 *
 * @param uid the user's number
 * @param name what to call them
 * @param groups the numbers of their groups, or null if these are not known
 */
record Account(int uid, String name, @Nullable Set<Integer> groups) {

    /** The number of who may read everything. */
    static final int ROOT = 0;

    /** Whether something is allowed. */
    enum Answer {
        YES,
        NO,
        /** It depends on groups that are not known. */
        UNKNOWN
    }

    /**
     * Whether a file may be read.
     *
     * @param where the file, or the directory on the way to it, that the answer is about
     */
    record Verdict(Answer answer, Path where) {}

    /** Immutable. */
    Account {
        groups = groups == null ? null : Set.copyOf(groups);
    }

    /** Whom a file belongs to, or null if that cannot be told. */
    static @Nullable Account ownerOf(Path file) {
        try {
            return Files.getAttribute(file, "unix:uid") instanceof Integer uid
                    ? new Account(uid, Files.getOwner(file).getName(), null)
                    : null;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Whom a process runs as, or null if that cannot be told.
     *
     * @param process its directory under {@code /proc}
     */
    static @Nullable Account ofProcess(Path process) {
        Account owner = ownerOf(process);
        try (Stream<String> lines = Files.lines(process.resolve("status"))) {
            Set<Integer> groups = lines.filter(line -> line.startsWith("Gid:") || line.startsWith("Groups:"))
                    .flatMap(line -> Arrays.stream(
                            line.substring(line.indexOf(':') + 1).strip().split("\\s+")))
                    .filter(number -> !number.isEmpty())
                    .map(Integer::valueOf)
                    .collect(Collectors.toSet());
            return owner == null ? null : new Account(owner.uid(), owner.name(), groups);
        } catch (IOException | NumberFormatException e) {
            return owner;
        }
    }

    /** Whether it is the same user, whatever is known of their groups. */
    boolean is(@Nullable Account other) {
        return other != null && other.uid == uid;
    }

    /** Whether this user may search every directory on the way to a file, and read it. */
    Verdict mayRead(Path file) {
        Verdict unknown = null;
        try {
            Path real = file.toRealPath();
            for (Path way : List.of(file.toAbsolutePath(), real)) {
                for (Path directory = way.getParent(); directory != null; directory = directory.getParent()) {
                    Answer search = may(
                            directory,
                            PosixFilePermission.OWNER_EXECUTE,
                            PosixFilePermission.GROUP_EXECUTE,
                            PosixFilePermission.OTHERS_EXECUTE);
                    if (search == Answer.NO) {
                        return new Verdict(search, directory);
                    }
                    unknown = search == Answer.UNKNOWN ? new Verdict(search, directory) : unknown;
                }
            }
            Answer read = may(
                    real,
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.GROUP_READ,
                    PosixFilePermission.OTHERS_READ);
            return read == Answer.YES && unknown != null ? unknown : new Verdict(read, real);
        } catch (IOException | UnsupportedOperationException e) {
            return new Verdict(Answer.UNKNOWN, file);
        }
    }

    private Answer may(Path path, PosixFilePermission owner, PosixFilePermission group, PosixFilePermission others)
            throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
        if (uid == ROOT || Files.getAttribute(path, "unix:uid").equals(uid)) {
            return answer(uid == ROOT || mode.contains(owner));
        }
        if (mode.contains(group) == mode.contains(others)) {
            return answer(mode.contains(others));
        }
        Set<Integer> known = groups;
        return known == null
                ? Answer.UNKNOWN
                : answer(mode.contains(known.contains(Files.getAttribute(path, "unix:gid")) ? group : others));
    }

    private static Answer answer(boolean allowed) {
        return allowed ? Answer.YES : Answer.NO;
    }

    /** Owner, group and mode of a file, as {@code root:root rw-------}; empty if they cannot be told. */
    static String rights(Path path) {
        try {
            return Files.getAttribute(path, "posix:owner", LinkOption.NOFOLLOW_LINKS) + ":"
                    + Files.getAttribute(path, "posix:group", LinkOption.NOFOLLOW_LINKS) + " "
                    + PosixFilePermissions.toString(Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException | UnsupportedOperationException e) {
            return "";
        }
    }
}
