package dev.swarm.driver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A directory in memory that forgets what a disk may forget when the power goes: writes that were not forced, or the end of
 * them, and changes of the directory that were not.
 */
final class CrashDisk implements JournalDisk {

    private final Map<String, Inode> directory = new HashMap<>();
    private final List<Map<String, Inode>> directoryStates = new ArrayList<>();
    private int operationsLeft;
    private int operations;
    private boolean failing;

    /** An empty disk that never fails. */
    CrashDisk() {
        this(Map.of(), Integer.MAX_VALUE);
    }

    /** A disk with files, all of them forced, whose power goes in the operation after so many. */
    CrashDisk(Map<String, byte[]> files, int operations) {
        files.forEach((name, content) -> directory.put(name, new Inode(content)));
        directoryStates.add(new HashMap<>(directory));
        operationsLeft = operations;
    }

    /** How a crash ends for what was not forced. */
    enum Loss {
        /** All of it is gone. */
        ALL,
        /** The first byte is there. */
        ALL_BUT_A_BYTE,
        /** Half of it is there. */
        HALF,
        /** One byte is gone. */
        A_BYTE,
        /** None of it is gone. */
        NONE;

        private int kept(int unforced) {
            return switch (this) {
                case ALL -> 0;
                case ALL_BUT_A_BYTE -> Math.min(1, unforced);
                case HALF -> unforced / 2;
                case A_BYTE -> Math.max(0, unforced - 1);
                case NONE -> unforced;
            };
        }
    }

    /** How many operations there were. */
    int operations() {
        return operations;
    }

    /** The power goes in the operation after so many more. */
    void cutAfter(int more) {
        operationsLeft = more;
    }

    /** From here on every operation fails, or works again. */
    void fail(boolean now) {
        failing = now;
    }

    /** How many states of the directory may be found after a crash: the last that was forced, and all since. */
    int directoryStates() {
        return directoryStates.size();
    }

    /** What may be found after a crash. */
    Map<String, byte[]> afterCrash(Loss loss, int directoryState) {
        Map<String, byte[]> files = new HashMap<>();
        directoryStates.get(directoryState).forEach((name, inode) -> files.put(name, inode.afterCrash(loss)));
        return files;
    }

    /** The files as they are. */
    Map<String, byte[]> files() {
        Map<String, byte[]> files = new HashMap<>();
        directory.forEach((name, inode) -> files.put(name, inode.content.clone()));
        return files;
    }

    @Override
    public byte @Nullable [] read(String name) {
        Inode inode = directory.get(name);
        return inode == null ? null : inode.content.clone();
    }

    @Override
    public File create(String name) throws IOException {
        operate();
        Inode inode = directory.get(name);
        if (inode == null) {
            inode = new Inode(new byte[0]);
            directory.put(name, inode);
            directoryStates.add(new HashMap<>(directory));
        }
        inode.content = new byte[0];
        return new Open(inode);
    }

    @Override
    public File open(String name, long length) throws IOException {
        operate();
        Inode inode = directory.get(name);
        if (inode == null) {
            throw new IOException(name + " is not there");
        }
        inode.content = Arrays.copyOf(inode.content, (int) length);
        return new Open(inode);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        operate();
        Inode moved = directory.remove(from);
        if (moved == null) {
            throw new IOException(from + " is not there");
        }
        directory.put(to, moved);
        directoryStates.add(new HashMap<>(directory));
    }

    @Override
    public void forceDirectory() throws IOException {
        operate();
        directoryStates.clear();
        directoryStates.add(new HashMap<>(directory));
    }

    @Override
    public String describe(String name) {
        return "/data/" + name;
    }

    private void operate() throws IOException {
        operations++;
        if (operationsLeft == 0 || failing) {
            throw new IOException(failing ? "no space left" : "power failure");
        }
        operationsLeft--;
    }

    private static final class Inode {
        private byte[] forced;
        private byte[] content;

        Inode(byte[] content) {
            this.forced = content.clone();
            this.content = content.clone();
        }

        /** A truncation is kept or lost with what was written after it. */
        byte[] afterCrash(Loss loss) {
            int common = Math.max(0, Arrays.mismatch(forced, content));
            if (Arrays.equals(forced, content)) {
                return forced.clone();
            }
            int kept = loss.kept(content.length - common);
            return kept == 0 ? forced.clone() : Arrays.copyOf(content, common + kept);
        }
    }

    private final class Open implements File {
        private final Inode inode;

        Open(Inode inode) {
            this.inode = inode;
        }

        /** A write in which the power goes may have begun. */
        @Override
        public void append(ByteBuffer bytes) throws IOException {
            int length = inode.content.length;
            byte[] longer = Arrays.copyOf(inode.content, length + bytes.remaining());
            bytes.get(longer, length, bytes.remaining());
            if (!failing) {
                inode.content = longer;
            }
            operate();
        }

        @Override
        public void force() throws IOException {
            operate();
            inode.forced = inode.content.clone();
        }

        @Override
        public void close() {}
    }
}
