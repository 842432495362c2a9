package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory whose power is cut before a given change. Bytes that were not flushed are lost then; names that were not flushed
 * are lost or kept, as the test says. Confined.
 */
public final class PowerCutDisk implements Disk {

    private static final int PAGE_BYTES = 4096;

    private final Map<Path, Node> entries = new TreeMap<>();
    private final Map<Path, Node> flushedEntries = new TreeMap<>();
    private final LongSupplier clock;
    private Fault fault = () -> {};
    private int changesLeft = Integer.MAX_VALUE;
    private int changes;
    private int filesMade;
    private int deletions;
    private long time = 1_000_000_000L;

    /** Called before each change; what it throws, the change throws instead of being made. */
    public interface Fault {
        void strike() throws IOException;
    }

    /** A disk whose clock stands at the epoch but for one nanosecond a change. */
    PowerCutDisk() {
        this(() -> 0);
    }

    /**
     * An empty disk.
     *
     * @param clock the wall clock, nanoseconds since the epoch
     */
    public PowerCutDisk(LongSupplier clock) {
        this.clock = clock;
    }

    private final class Node {
        private final Kind kind;
        private byte[] bytes = {};
        private byte[] flushed = {};
        private long modified = tick();
        private @Nullable Path target;

        Node(Kind kind) {
            this.kind = kind;
        }

        private byte[] afterCrash(RandomGenerator random) {
            if (Arrays.equals(bytes, flushed)) {
                return flushed;
            }
            boolean grown = random.nextBoolean();
            byte[] after = Arrays.copyOf(flushed, grown ? bytes.length : Math.min(bytes.length, flushed.length));
            for (int from = 0; from < after.length; from += PAGE_BYTES) {
                if (random.nextBoolean()) {
                    System.arraycopy(bytes, from, after, from, Math.min(PAGE_BYTES, after.length - from));
                }
            }
            return after;
        }
    }

    private long tick() {
        time = Math.max(time + 1, clock.getAsLong());
        return time;
    }

    /** Opens the store that lies on this disk. */
    public BlobCache openStore(Path directory, InstantSource wallClock) throws IOException {
        return FileBlobCache.open(directory, this, wallClock);
    }

    /** Has every change go through this first. */
    public void strikeWith(Fault newFault) {
        fault = newFault;
    }

    /** Puts a file there that is on disk with its name, as its owner does. */
    public void put(Path path, byte[] bytes) {
        Node node = new Node(Kind.FILE);
        node.bytes = bytes.clone();
        node.flushed = node.bytes;
        entries.put(path, node);
        flushedEntries.put(path, node);
    }

    /** What a power failure would leave of a file's bytes for certain. */
    byte[] flushedBytes(Path path) {
        return Objects.requireNonNull(entries.get(path), path::toString).flushed.clone();
    }

    /** What all files take. */
    public long usedBytes() {
        return entries.values().stream().mapToLong(node -> node.bytes.length).sum();
    }

    /** Changes one byte of a file below a directory whose name ends so; whether there was one with any byte. */
    public boolean rot(String ending, RandomGenerator random) {
        List<Node> files = new ArrayList<>();
        entries.forEach((path, node) -> {
            if (path.toString().endsWith(ending) && node.bytes.length > 0 && hasOneName(node)) {
                files.add(node);
            }
        });
        if (files.isEmpty()) {
            return false;
        }
        Node node = files.get(random.nextInt(files.size()));
        node.bytes = node.bytes.clone();
        node.bytes[random.nextInt(node.bytes.length)] ^= 0x10;
        node.flushed = node.bytes;
        return true;
    }

    /** A power cut between the two names of what is being renamed leaves both. */
    private boolean hasOneName(Node node) {
        return entries.values().stream().filter(other -> other == node).count() == 1;
    }

    /** What is there after a crash: of what was not flushed some pages and, together, all names or none. */
    public void crash(RandomGenerator random) {
        if (random.nextBoolean()) {
            entries.clear();
            entries.putAll(flushedEntries);
        }
        entries.values().forEach(node -> node.bytes = node.afterCrash(random));
        entries.values().forEach(node -> node.flushed = node.bytes);
        flushedEntries.clear();
        flushedEntries.putAll(entries);
        fault = () -> {};
        changesLeft = Integer.MAX_VALUE;
    }

    /** The power goes before the change after so many from here. */
    void cutAfter(int more) {
        changesLeft = more;
        changes = 0;
    }

    /** Changes since the cut was set. */
    int changes() {
        return changes;
    }

    int filesMade() {
        return filesMade;
    }

    int deletions() {
        return deletions;
    }

    /** What is there when the power is back. */
    void restart(boolean namesKept) {
        if (!namesKept) {
            entries.clear();
            entries.putAll(flushedEntries);
        }
        entries.values().forEach(node -> node.bytes = node.flushed);
        flushedEntries.clear();
        flushedEntries.putAll(entries);
        changesLeft = Integer.MAX_VALUE;
    }

    private void change() throws IOException {
        if (changesLeft == 0) {
            throw new IOException("the power is off");
        }
        fault.strike();
        changesLeft--;
        changes++;
    }

    @Override
    public @Nullable Stat stat(Path path) {
        Node node = entries.get(path);
        return node == null ? null : new Stat(node.kind, node.bytes.length, node.modified, 0);
    }

    @Override
    public boolean exists(Path path) {
        Node node = entries.get(path);
        Path target = node == null ? null : node.target;
        return target == null
                ? node != null
                : exists(path.resolveSibling(target).normalize());
    }

    @Override
    public List<String> list(Path directory) {
        List<String> names = new ArrayList<>();
        for (Path path : entries.keySet()) {
            if (directory.equals(path.getParent())) {
                names.add(path.getFileName().toString());
            }
        }
        return names;
    }

    @Override
    public File open(Path path, Access access) throws IOException {
        Node node = entries.get(path);
        if (node == null && access == Access.READ) {
            throw new NoSuchFileException(path.toString());
        }
        if (node == null) {
            change();
            filesMade++;
            node = new Node(Kind.FILE);
            entries.put(path, node);
        } else if (access == Access.REPLACE) {
            change();
            node.bytes = new byte[0];
        }
        return new OpenFile(node);
    }

    @Override
    public void makeDirectory(Path directory, boolean ownerOnly) throws IOException {
        for (Path path = directory; path != null && !entries.containsKey(path); path = path.getParent()) {
            change();
            entries.put(path, new Node(Kind.DIRECTORY));
            flushedEntries.put(path, entries.get(path));
        }
    }

    @Override
    public void restrictToOwner(Path path) {}

    @Override
    public void rename(Path from, Path to) throws IOException {
        change();
        Node node = entries.remove(from);
        if (node == null) {
            throw new NoSuchFileException(from.toString());
        }
        entries.put(to, node);
    }

    @Override
    public boolean delete(Path path) throws IOException {
        change();
        boolean deleted = entries.remove(path) != null;
        deletions += deleted ? 1 : 0;
        return deleted;
    }

    @Override
    public boolean canLink(Path directory) {
        return true;
    }

    @Override
    public void makeLink(Path link, Path target) throws IOException {
        change();
        Node node = new Node(Kind.LINK);
        node.target = target;
        entries.put(link, node);
    }

    @Override
    public Path readLink(Path link) throws IOException {
        Node node = entries.get(link);
        if (node == null || node.target == null) {
            throw new NoSuchFileException(link.toString());
        }
        return node.target;
    }

    @Override
    public void setModified(Path path, long epochMillis) throws IOException {
        change();
        Node node = entries.get(path);
        if (node == null) {
            throw new NoSuchFileException(path.toString());
        }
        node.modified = epochMillis * 1_000_000;
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        change();
        flushedEntries.keySet().removeIf(path -> directory.equals(path.getParent()) && !entries.containsKey(path));
        entries.forEach((path, node) -> {
            if (directory.equals(path.getParent())) {
                flushedEntries.put(path, node);
            }
        });
    }

    private final class OpenFile implements File {
        private final Node node;

        OpenFile(Node node) {
            this.node = node;
        }

        @Override
        public int read(ByteBuffer target, long position) {
            int length = Math.min(target.remaining(), node.bytes.length - (int) position);
            if (length <= 0) {
                return -1;
            }
            target.put(node.bytes, (int) position, length);
            return length;
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            change();
            int length = source.remaining();
            node.bytes = Arrays.copyOf(node.bytes, Math.max(node.bytes.length, (int) position + length));
            source.get(node.bytes, (int) position, length);
            node.modified = tick();
            return length;
        }

        @Override
        public void truncate(long size) throws IOException {
            change();
            node.bytes = Arrays.copyOf(node.bytes, (int) size);
        }

        @Override
        public long size() {
            return node.bytes.length;
        }

        @Override
        public void force() throws IOException {
            change();
            node.flushed = node.bytes.clone();
        }

        @Override
        public void close() {}
    }
}
