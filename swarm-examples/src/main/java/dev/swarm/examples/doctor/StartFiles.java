package dev.swarm.examples.doctor;

import dev.swarm.examples.control.NodeForbiddenException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The files that a node is started with, as far as who asks may look at them. What one user may read another may not: what is
 * found counts only as far as it holds for the user that the node runs as. Immutable.
 */
public final class StartFiles {

    private static final Path SELF = Path.of("/proc", "self");

    private final @Nullable Account asking;
    private final @Nullable Account node;

    StartFiles(@Nullable Account asking, @Nullable Account node) {
        this.asking = asking;
        this.node = node;
    }

    /**
     * For a node on a directory.
     *
     * @param data the directory; it, or the socket in it, belongs to the user that the node runs as
     * @param pid the number of the node's process, or null if none runs or none may be asked
     */
    public static StartFiles of(Path data, @Nullable Long pid) {
        Account owner = Account.ownerOf(data.resolve("control.sock"));
        if (owner == null) {
            owner = Account.ownerOf(data);
        }
        Account process = pid == null ? null : Account.ofProcess(Path.of("/proc", pid.toString()));
        return new StartFiles(Account.ofProcess(SELF), process != null && process.is(owner) ? process : owner);
    }

    /**
     * Looks at files: whether they can be read here and by the node, and what is in them.
     *
     * @param name the check's
     * @param content looks into the files, once it is known that they can be read here
     */
    public Check check(String name, List<Path> files, Supplier<Check> content) {
        boolean same = asking != null && asking.is(node);
        for (Path file : files) {
            if (isDenied(file)) {
                return same
                        ? Check.failed(
                                name,
                                file + " is not accessible to " + name(asking) + ", the node's user",
                                "give it to that user with chown, and chmod 0600 if it is a key")
                        : Check.skipped(name, file + " is not accessible to " + name(asking), remedy());
            }
        }
        Check found = content.get();
        return same || node == null || !found.ok() ? found : forNode(node, name, files, found);
    }

    private Check forNode(Account user, String name, List<Path> files, Check found) {
        Check unknown = null;
        for (Path file : files) {
            Account.Verdict verdict = user.mayRead(file);
            switch (verdict.answer()) {
                case YES -> {}
                case NO -> {
                    return Check.failed(
                            name,
                            file + " can be read by " + name(asking) + ", and not by " + user.name()
                                    + ", the node's user: " + verdict.where() + " is "
                                    + Account.rights(verdict.where()),
                            "let " + user.name() + " read it, with chown or chmod");
                }
                case UNKNOWN ->
                    unknown = Check.skipped(
                            name,
                            "whether " + user.name() + ", the node's user, may read " + file
                                    + ", which depends on groups; to " + name(asking) + ": " + found.finding(),
                            remedy());
            }
        }
        return unknown == null ? found : unknown;
    }

    private String remedy() {
        if (node == null) {
            return NodeForbiddenException.REMEDY;
        }
        return "run it as " + node.name() + (node.uid() == Account.ROOT ? "" : " or root");
    }

    private static String name(@Nullable Account user) {
        return user == null ? "this user" : user.name();
    }

    /** Whether it is for want of permission that a file cannot be read here. */
    private static boolean isDenied(Path file) {
        try {
            file.getFileSystem().provider().checkAccess(file, AccessMode.READ);
            return false;
        } catch (AccessDeniedException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
