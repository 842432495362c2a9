package dev.swarm.lockbox.vault;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that stops before any of its steps. A killed process loses nothing that was done; a power cut takes back some of
 * the last changes of directories, in their order, and cuts off contents that were not flushed.
 */
public final class CrashingDisk implements VaultDisk {

    /** The machine stopped. */
    public static final class Stopped extends Error {
        private static final long serialVersionUID = 1L;
    }

    private static final class Node {
        private final Kind kind;
        private final long id;
        private byte[] content = {};
        private int forced;
        private long modified;
        private int mode;

        Node(Kind kind, long id, long modified) {
            this.kind = kind;
            this.id = id;
            this.modified = modified;
            this.mode = kind == Kind.DIRECTORY ? 0700 : 0640;
        }
    }

    /** What a user does, before some step. */
    public interface Meanwhile {
        void before(int step) throws IOException;
    }

    final Set<String> unreadable = new HashSet<>();
    private TreeMap<String, Node> entries = new TreeMap<>();
    private final List<TreeMap<String, Node>> sinceForce = new ArrayList<>();
    private long time = 1_000_000_000L;
    private long nextId = 1;
    private final Set<String> changedPaths = new HashSet<>();
    private final Power power;
    private Meanwhile meanwhile = step -> {};
    private boolean inMeanwhile;

    /** What two disks of a machine have in common. */
    private static final class Power {
        private int steps;
        private int stopAt = Integer.MAX_VALUE;
    }

    public CrashingDisk() {
        this.power = new Power();
    }

    /** Another disk of the machine that has {@code other}: they stop together, and count steps together. */
    public CrashingDisk(CrashingDisk other) {
        this.power = other.power;
    }

    /** A copy, as of a backup. */
    public CrashingDisk copy() {
        CrashingDisk copy = new CrashingDisk();
        entries.forEach((path, node) -> {
            Node twin = new Node(node.kind, node.id, node.modified);
            twin.content = node.content.clone();
            twin.forced = node.forced;
            twin.mode = node.mode;
            copy.entries.put(path, twin);
        });
        copy.time = time + 1_000_000;
        copy.nextId = nextId + 1_000_000;
        return copy;
    }

    /** Paths at which something changed since the last question, as a system tells of them. */
    public Set<String> changedPaths() {
        Set<String> paths = new HashSet<>(changedPaths);
        changedPaths.clear();
        return paths;
    }

    /** Steps done. */
    public int steps() {
        return power.steps;
    }

    public void stopBefore(int step) {
        power.stopAt = step;
    }

    void meanwhile(Meanwhile what) {
        meanwhile = what;
    }

    /** Puts a file there as a user does: flushed, with a new time. */
    public void put(String path, byte[] content) {
        String directory = VaultNames.parent(path);
        while (!directory.isEmpty()) {
            entries.computeIfAbsent(directory, d -> new Node(Kind.DIRECTORY, nextId++, time++));
            directory = VaultNames.parent(directory);
        }
        Node node = new Node(Kind.FILE, nextId++, time++);
        node.content = content.clone();
        node.forced = content.length;
        entries.put(path, node);
        changedPaths.add(path);
        sinceForce.clear();
        sinceForce.add(new TreeMap<>(entries));
    }

    void putOther(String path, Kind kind) {
        entries.put(path, new Node(kind, nextId++, time++));
    }

    /** Changes a file in place as a user does. */
    void append(String path, byte[] more) {
        Node node = entries.get(path);
        int old = node.content.length;
        node.content = Arrays.copyOf(node.content, old + more.length);
        System.arraycopy(more, 0, node.content, old, more.length);
        node.modified = time++;
        changedPaths.add(path);
    }

    public void remove(String path) {
        changedPaths.add(path);
        entries.remove(path);
    }

    public byte @Nullable [] content(String path) {
        Node node = entries.get(path);
        return node == null || node.kind != Kind.FILE ? null : node.content.clone();
    }

    public Map<String, byte[]> files() {
        Map<String, byte[]> files = new TreeMap<>();
        entries.forEach((path, node) -> {
            if (node.kind == Kind.FILE) {
                files.put(path, node.content.clone());
            }
        });
        return files;
    }

    /** The machine is on again. */
    public void restart(boolean powerWasCut, SplittableRandom random) {
        if (powerWasCut && !sinceForce.isEmpty()) {
            entries = new TreeMap<>(sinceForce.get(random.nextInt(sinceForce.size())));
            for (Node node : entries.values()) {
                if (node.forced < node.content.length) {
                    int kept = node.forced + random.nextInt(node.content.length - node.forced + 1);
                    // The file may have its length already where its bytes never came.
                    int length = random.nextBoolean() ? kept : node.content.length;
                    node.content = Arrays.copyOf(Arrays.copyOf(node.content, kept), length);
                    node.forced = length;
                }
            }
        }
        sinceForce.clear();
        sinceForce.add(new TreeMap<>(entries));
        power.stopAt = Integer.MAX_VALUE;
        meanwhile = step -> {};
    }

    private void step() throws IOException {
        if (power.steps >= power.stopAt) {
            throw new Stopped();
        }
        if (!inMeanwhile) {
            inMeanwhile = true;
            meanwhile.before(power.steps);
            inMeanwhile = false;
        }
        power.steps++;
    }

    private void changed() {
        sinceForce.add(new TreeMap<>(entries));
    }

    @Override
    public @Nullable Stat stat(String path) throws IOException {
        step();
        if (path.isEmpty()) {
            return new Stat(Kind.DIRECTORY, 0, 0, 0, 0700, 2);
        }
        Node node = entries.get(path);
        return node == null ? null : new Stat(node.kind, node.content.length, node.modified, node.id, node.mode, 1);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        step();
        List<String> names = new ArrayList<>();
        for (String path : entries.keySet()) {
            if (VaultNames.parent(path).equals(directory)) {
                names.add(VaultNames.name(path));
            }
        }
        return names;
    }

    @Override
    public InputStream read(String path) throws IOException {
        step();
        if (unreadable.contains(path)) {
            throw new AccessDeniedException(path);
        }
        return new ByteArrayInputStream(file(path).content);
    }

    @Override
    public NewFile create(String path) throws IOException {
        step();
        if (entries.containsKey(path)) {
            throw new FileAlreadyExistsException(path);
        }
        requireDirectory(path);
        Node node = new Node(Kind.FILE, nextId++, time++);
        entries.put(path, node);
        changedPaths.add(path);
        changed();
        return new OpenFile(node);
    }

    @Override
    public NewFile open(String path, long length) throws IOException {
        step();
        Node node = file(path);
        node.content = Arrays.copyOf(node.content, (int) length);
        node.forced = Math.min(node.forced, (int) length);
        return new OpenFile(node);
    }

    private final class OpenFile extends NewFile {

        private final Node node;

        OpenFile(Node node) {
            this.node = node;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int size) throws IOException {
            step();
            int old = node.content.length;
            node.content = Arrays.copyOf(node.content, old + size);
            System.arraycopy(bytes, from, node.content, old, size);
            node.modified = time++;
        }

        @Override
        public void force() throws IOException {
            step();
            node.forced = node.content.length;
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        step();
        Node node = file(from);
        requireDirectory(to);
        entries.remove(from);
        entries.put(to, node);
        changedPaths.addAll(List.of(from, to));
        changed();
    }

    @Override
    public boolean renameNew(String from, String to) throws IOException {
        if (entries.containsKey(to)) {
            step();
            return false;
        }
        rename(from, to);
        return true;
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        step();
        for (String each = path; !each.isEmpty(); each = VaultNames.parent(each)) {
            entries.computeIfAbsent(each, d -> new Node(Kind.DIRECTORY, nextId++, time++));
        }
        changed();
    }

    @Override
    public boolean delete(String path) throws IOException {
        step();
        if (entries.keySet().stream().anyMatch(each -> each.startsWith(path + "/"))) {
            throw new DirectoryNotEmptyException(path);
        }
        boolean was = entries.remove(path) != null;
        changedPaths.add(path);
        changed();
        return was;
    }

    @Override
    public void setMode(String path, int mode) throws IOException {
        step();
        Node node = entries.get(path);
        if (node == null || node.kind != Kind.DIRECTORY) {
            throw new NoSuchFileException(path);
        }
        node.mode = mode;
    }

    @Override
    public void setModified(String path, long epochNanos) throws IOException {
        step();
        file(path).modified = epochNanos;
    }

    @Override
    public void force(String directory) throws IOException {
        step();
        sinceForce.clear();
        changed();
    }

    private Node file(String path) throws NoSuchFileException {
        Node node = entries.get(path);
        if (node == null || node.kind != Kind.FILE) {
            throw new NoSuchFileException(path);
        }
        return node;
    }

    private void requireDirectory(String path) throws NoSuchFileException {
        String parent = VaultNames.parent(path);
        if (!parent.isEmpty() && !entries.containsKey(parent)) {
            throw new NoSuchFileException(path);
        }
    }
}
