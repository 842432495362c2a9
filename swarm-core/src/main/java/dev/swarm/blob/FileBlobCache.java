package dev.swarm.blob;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store of plain files: content under its hex name, hashes and sources beside it, links by label. Safe for many threads.
 *
 * <p>What is on disk is the truth; memory holds open files and what is being received. Changes to one blob exclude each
 * other, reads wait for nothing.
 */
final class FileBlobCache implements BlobCache {

    private static final Logger log = LoggerFactory.getLogger(FileBlobCache.class);

    private final Disk disk;
    private final StorePaths paths;
    private final BlobLocks locks = new BlobLocks();
    private final boolean links;
    private final DirectoryFlush flush;
    private final CompleteBlobs complete;
    private final Receiving receiving;
    private final SeedLinks seeds;
    private final LabelLinks labels;
    private final Graveyard graveyard;

    /** Blobs that could not be looked at when it was tried last, and why. */
    private final Map<BlobId, String> problems = new ConcurrentHashMap<>();

    private volatile boolean closed;

    private FileBlobCache(Disk disk, StorePaths paths, InstantSource clock) {
        this.links = disk.canLink(paths.blobs);
        this.disk = disk;
        this.paths = paths;
        this.flush = new DirectoryFlush(disk, paths.blobs);
        FileHashing hashing = new FileHashing(disk, this::requireOpen);
        this.complete = new CompleteBlobs(disk, hashing, paths, locks);
        this.receiving = new Receiving(disk, paths, locks, flush, complete);
        this.seeds = new SeedLinks(disk, hashing, paths, locks, complete, links);
        this.labels = new LabelLinks(disk, hashing, paths, links);
        this.graveyard = new Graveyard(disk, hashing, paths, clock);
    }

    static FileBlobCache open(Path dataDirectory, InstantSource clock) throws IOException {
        return open(dataDirectory, new NioDisk(dataDirectory), clock);
    }

    static FileBlobCache open(Path dataDirectory, Disk disk, InstantSource clock) throws IOException {
        StorePaths paths = new StorePaths(dataDirectory);
        try {
            disk.makeDirectory(dataDirectory.toAbsolutePath(), false);
            for (Path directory : List.of(paths.blobs, paths.files, paths.seed, paths.graveyard)) {
                disk.makeDirectory(directory, true);
            }
            disk.forceDirectory(paths.root);
            disk.restrictToOwner(paths.blobs);
            disk.restrictToOwner(paths.graveyard);
            StoreSweep.sweep(disk, paths);
        } catch (IOException e) {
            throw new IOException("blob store in " + dataDirectory + " cannot be opened: " + e.getMessage(), e);
        }
        return new FileBlobCache(disk, paths, clock);
    }

    @Override
    public @Nullable String problem() {
        return flush.problem();
    }

    @Override
    public Path contentDirectory() {
        return paths.blobs;
    }

    @Override
    public SortedMap<BlobId, Long> complete() throws IOException {
        SortedMap<BlobId, Long> blobs = new TreeMap<>();
        for (BlobId id : named(StorePaths::contentId)) {
            try {
                Disk.Stat stat = disk.stat(paths.content(id));
                if (stat != null && isWhole(id, stat)) {
                    blobs.put(id, TimeUnit.NANOSECONDS.toMillis(stat.modifiedNanos()));
                }
                problems.remove(id);
            } catch (IOException e) {
                requireOpen();
                if (!e.toString().equals(problems.put(id, e.toString()))) {
                    log.warn("{} counts as missing while it cannot be looked at: {}", paths.content(id), e.toString());
                }
            }
        }
        return blobs;
    }

    @Override
    public List<BlobId> partial() throws IOException {
        return named(StorePaths::partialId);
    }

    @Override
    public @Nullable Holding holding(BlobId id) throws IOException {
        requireOpen();
        Seeded blob = complete.described(id);
        if (blob != null) {
            return new Holding(
                    blob.layout(), blob.tree(), LeafSet.all(blob.layout().leafCount()), true);
        }
        Incoming partial = receiving.get(id);
        return partial == null ? null : partial.holding();
    }

    @Override
    public @Nullable Holding offered(BlobId id) throws IOException {
        requireOpen();
        Incoming partial = receiving.get(id);
        return partial == null ? holding(id) : partial.holding();
    }

    @Override
    public int read(BlobId id, long offset, ByteBuffer target) throws IOException {
        requireOpen();
        Incoming partial = receiving.get(id);
        if (partial != null) {
            long size = partial.layout().size();
            Objects.checkFromToIndex(offset, size, size);
            int length = (int) Math.min(target.remaining(), size - offset);
            int read = partial.holds(offset, offset + length) ? partial.read(offset, target, length) : -1;
            if (read >= 0) {
                return read;
            }
        }
        return complete.read(id, offset, target);
    }

    @Override
    public int sizeOfSmall(BlobId id) throws IOException {
        requireOpen();
        Incoming partial = receiving.get(id);
        if (partial != null) {
            long size = partial.layout().size();
            return partial.layout().leafCount() == 1 && partial.holds(0, size) ? (int) size : -1;
        }
        return complete.sizeOfSmall(id);
    }

    @Override
    public byte[] readSmall(BlobId id) throws IOException {
        requireOpen();
        Incoming partial = receiving.get(id);
        if (partial != null && partial.layout().leafCount() == 1) {
            int size = (int) partial.layout().size();
            ByteBuffer content = ByteBuffer.allocate(size);
            if (partial.holds(0, size) && partial.read(0, content, size) == size) {
                return content.array();
            }
        }
        return complete.readSmall(id);
    }

    @Override
    public PartialBlob receive(BlobId id, BlobLayout layout, HashTree tree) throws IOException {
        if (tree.leafCount() != layout.leafCount()) {
            throw new IllegalArgumentException(
                    "blob " + id + " has " + layout.leafCount() + " leaves, its tree " + tree.leafCount());
        }
        BlobLocks.Held held = locks.lock(id);
        try {
            requireOpen();
            if (isComplete(id)) {
                throw new IllegalStateException("blob " + id + " is complete");
            }
            return receiving.start(new Seeded(id, layout, tree));
        } finally {
            held.unlock();
        }
    }

    @Override
    public boolean copiesSeeds() {
        return !links;
    }

    @Override
    public Seeded addSeed(Path file) throws IOException {
        Seeded seeded = addSeedUnflushed(file);
        flush();
        return seeded;
    }

    @Override
    public Seeded addSeedUnflushed(Path file) throws IOException {
        requireOpen();
        return seeds.add(file);
    }

    @Override
    public void flush() throws IOException {
        requireOpen();
        flush.force();
    }

    @Override
    public SeedCopy copySeed(Path source, BooleanSupplier givenUp) throws IOException {
        requireOpen();
        return seeds.copy(source, flush, givenUp);
    }

    @Override
    public boolean relinkSeed(Path file, BlobId id) throws IOException {
        requireOpen();
        boolean listed = seeds.relink(file, id);
        if (listed) {
            flush.force();
        }
        return listed;
    }

    @Override
    public boolean evict(BlobId id) throws IOException {
        BlobLocks.Held held = locks.lock(id);
        try {
            requireOpen();
            complete.forget(id);
            boolean any = disk.delete(paths.content(id));
            return forgetAll(id) || any;
        } finally {
            held.unlock();
        }
    }

    @Override
    public boolean discard(BlobId id) throws IOException {
        BlobLocks.Held held = locks.lock(id);
        try {
            requireOpen();
            if (receiving.get(id) != null || !disk.exists(paths.partial(id))) {
                return false;
            }
            return disk.exists(paths.content(id)) ? receiving.drop(id) : forgetAll(id);
        } finally {
            held.unlock();
        }
    }

    @Override
    public boolean bury(BlobId id) throws IOException {
        BlobLocks.Held held = locks.lock(id);
        try {
            requireOpen();
            boolean any = complete.contains(id);
            complete.forget(id);
            if (any) {
                buryContent(id);
            }
            return forgetAll(id) || any;
        } finally {
            held.unlock();
        }
    }

    @Override
    public SeedEnd burySeed(Path file, BlobId id, boolean copies) throws IOException {
        Path seed = file.toAbsolutePath().normalize();
        BlobLocks.Held held = locks.lock(id);
        try {
            requireOpen();
            Disk.Stat stat = disk.stat(seed);
            if (stat == null) {
                return graveyard.holds(id) ? SeedEnd.BURIED : SeedEnd.GONE;
            }
            if (stat.kind() != Disk.Kind.FILE || !seeds.holds(seed, stat, id)) {
                return SeedEnd.OTHER;
            }
            SeedEnd end = takeSeed(seed, id, copies);
            disk.forceDirectory(paths.seed);
            return end;
        } finally {
            held.unlock();
        }
    }

    @Override
    public boolean resurrect(BlobId id) throws IOException {
        BlobLocks.Held held = locks.lock(id);
        try {
            requireOpen();
            if (isComplete(id)) {
                return true;
            }
            if (!graveyard.giveBack(id)) {
                return false;
            }
            flush.force();
            receiving.drop(id);
            return true;
        } finally {
            held.unlock();
        }
    }

    @Override
    public int purgeGraveyard(long epochMillis) throws IOException {
        requireOpen();
        return graveyard.purge(epochMillis);
    }

    @Override
    public List<Path> removeLeftovers() throws IOException {
        requireOpen();
        Leftovers leftovers = new Leftovers(disk, paths);
        List<Path> removed = new ArrayList<>();
        for (BlobId id : leftovers.superseded()) {
            BlobLocks.Held held = locks.lock(id);
            try {
                if (complete.contains(id) && receiving.drop(id)) {
                    removed.add(paths.partial(id));
                }
            } finally {
                held.unlock();
            }
        }
        for (Leftovers.Dangling dangling : leftovers.dangling()) {
            BlobId made = dangling.blob();
            BlobLocks.Held held = made == null ? null : locks.lock(made);
            try {
                if (leftovers.isDangling(dangling.entry()) && disk.delete(dangling.entry())) {
                    removed.add(dangling.entry());
                }
            } finally {
                if (held != null) {
                    held.unlock();
                }
            }
        }
        removed.sort(null);
        return removed;
    }

    @Override
    public void link(Label label, BlobId id) throws IOException {
        BlobLocks.Held held = locks.lock(id);
        try {
            requireOpen();
            boolean isKnown = complete.isKnown(id) && disk.exists(paths.content(id));
            if (!isKnown && !complete.contains(id)) {
                throw new BlobMissingException("blob " + id + " is not here to be linked as " + label);
            }
            labels.put(label, id, paths.content(id));
        } finally {
            held.unlock();
        }
    }

    @Override
    public boolean unlink(Label label, BlobId id) throws IOException {
        BlobLocks.Held held = locks.lock(id);
        try {
            requireOpen();
            return labels.remove(label, id);
        } finally {
            held.unlock();
        }
    }

    @Override
    public Map<Label, BlobId> links() throws IOException {
        requireOpen();
        Map<Label, BlobId> found = labels.all();
        for (var link : List.copyOf(found.entrySet())) {
            BlobId id = link.getValue();
            BlobLocks.Held held = locks.lock(id);
            try {
                if (!disk.exists(paths.content(id)) && labels.remove(link.getKey(), id)) {
                    found.remove(link.getKey());
                }
            } finally {
                held.unlock();
            }
        }
        return found;
    }

    @Override
    public void writeSources(BlobId id, byte[] json) throws IOException {
        BlobLocks.Held held = locks.lock(id);
        try {
            requireOpen();
            if (!complete.isKnown(id) && disk.stat(paths.content(id)) == null && disk.stat(paths.partial(id)) == null) {
                throw new BlobMissingException("blob " + id + " is not here, so nothing is kept of its sources");
            }
            Path temporary = StorePaths.temporary(paths.sources(id));
            try (SharedFile file = SharedFile.open(disk, temporary, Disk.Access.REPLACE)) {
                file.writeFully(ByteBuffer.wrap(json), 0);
            }
            disk.rename(temporary, paths.sources(id));
        } finally {
            held.unlock();
        }
    }

    @Override
    public byte @Nullable [] readSources(BlobId id) throws IOException {
        requireOpen();
        Disk.Stat stat = disk.stat(paths.sources(id));
        if (stat == null || stat.kind() != Disk.Kind.FILE) {
            return null;
        }
        try (SharedFile file = SharedFile.open(disk, paths.sources(id), Disk.Access.READ)) {
            ByteBuffer json = ByteBuffer.allocate(Math.toIntExact(stat.size()));
            file.readFully(json, 0);
            return json.array();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        receiving.close();
        complete.close();
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("blob store in " + paths.blobs + " is closed");
        }
    }

    private List<BlobId> named(Function<String, @Nullable BlobId> idOf) throws IOException {
        List<BlobId> ids = new ArrayList<>();
        for (String name : contents()) {
            BlobId id = idOf.apply(name);
            if (id != null) {
                ids.add(id);
            }
        }
        ids.sort(null);
        return ids;
    }

    /** The names in the content directory, which is made again if somebody deleted it. */
    private List<String> contents() throws IOException {
        try {
            return disk.list(paths.blobs);
        } catch (NoSuchFileException e) {
            requireOpen();
            if (disk.stat(paths.root) == null) {
                throw e;
            }
            disk.makeDirectory(paths.blobs, true);
            disk.restrictToOwner(paths.blobs);
            disk.forceDirectory(paths.root);
            log.warn("{} was gone and is made again; what was in it is fetched again", paths.blobs);
            return List.of();
        }
    }

    /** Whether a complete blob can be read, asked where most often there is none. For the holder of its lock. */
    private boolean isComplete(BlobId id) throws IOException {
        if (disk.exists(paths.content(id))) {
            return complete.contains(id);
        }
        complete.forget(id);
        return false;
    }

    private boolean isWhole(BlobId id, Disk.Stat stat) throws IOException {
        return switch (stat.kind()) {
            case FILE -> complete.isIntact(id, stat);
            case LINK -> leadsToFile(id);
            case DIRECTORY, OTHER -> complete.isIntact(id, stat);
        };
    }

    private boolean leadsToFile(BlobId id) throws IOException {
        Path known = complete.knownPath(id);
        Disk.Stat seed = disk.stat(known == null ? complete.seedOf(id) : known);
        return seed != null && seed.kind() == Disk.Kind.FILE;
    }

    /**
     * A seed file outside {@code seed/} is its owner's and stays. So does for now one on another file system than the graveyard: to copy
     * it there takes room, and {@link #burySeed} asks for it.
     */
    private void buryContent(BlobId id) throws IOException {
        Path content = paths.content(id);
        Disk.Stat stat = disk.stat(content);
        if (stat != null && stat.kind() == Disk.Kind.LINK) {
            Path seed = complete.seedOf(id);
            disk.delete(content);
            if (paths.seed.equals(seed.getParent())) {
                graveyard.take(id, seed);
            }
        } else if (!graveyard.take(id, content)) {
            log.warn("{} lies on another file system than {}, no copy is kept of it", content, paths.graveyard);
            disk.delete(content);
        }
    }

    /** Takes a seed file away whose bytes are known to be the blob's. For the holder of its lock. */
    private SeedEnd takeSeed(Path file, BlobId id, boolean copies) throws IOException {
        Disk.Stat listed = disk.stat(paths.content(id));
        if (listed != null && listed.kind() == Disk.Kind.FILE && complete.contains(id)) {
            disk.delete(file);
            return SeedEnd.HELD;
        }
        if (listed != null
                && listed.kind() == Disk.Kind.LINK
                && complete.seedOf(id).equals(file)) {
            complete.forget(id);
            disk.delete(paths.content(id));
            forgetAll(id);
        }
        if (graveyard.take(id, file)) {
            return SeedEnd.BURIED;
        }
        boolean kept = graveyard.renew(id);
        if (!kept && copies) {
            if (!graveyard.takeCopy(id, file)) {
                return SeedEnd.OTHER;
            }
            kept = true;
        }
        disk.delete(file);
        return kept ? SeedEnd.BURIED : SeedEnd.DELETED;
    }

    private boolean forgetAll(BlobId id) throws IOException {
        boolean partial = receiving.drop(id);
        disk.delete(paths.tree(id));
        disk.delete(paths.sources(id));
        flush.force();
        return partial;
    }
}
