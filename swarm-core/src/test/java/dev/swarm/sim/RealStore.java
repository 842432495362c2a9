package dev.swarm.sim;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.HashTree;
import dev.swarm.blob.LeafSet;
import dev.swarm.blob.PartialBlob;
import dev.swarm.blob.PowerCutDisk;
import dev.swarm.driver.SimulatedJournal;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestCrdt;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The store and the journal that ship, on disks in memory. */
final class RealStore implements NodeStore {

    private static final Path ROOT = Path.of("/node");

    private final PowerCutDisk files;
    private final SimulatedJournal journal;
    private final NodeDisk disk;
    private final RandomGenerator random;
    private final SightLog sights;
    private final Map<BlobId, byte[]> contents;
    private final InstantSource clock;
    private final Map<BlobId, PartialBlob> open = new HashMap<>();
    private @Nullable BlobCache cache;
    private @Nullable Runnable crashInJournal;

    /** What a store is given from outside. */
    record Surroundings(
            NodeDisk disk,
            RandomGenerator random,
            LongSupplier epochMillis,
            SightLog sights,
            Map<BlobId, byte[]> contents) {}

    RealStore(FleetId fleet, Surroundings around) {
        this.disk = around.disk;
        this.random = around.random;
        this.sights = around.sights;
        this.contents = around.contents;
        this.clock = () -> Instant.ofEpochMilli(around.epochMillis.getAsLong());
        this.files = new PowerCutDisk(() -> around.epochMillis.getAsLong() * 1_000_000);
        this.journal = new SimulatedJournal(fleet, random);
    }

    private BlobCache cache() {
        return Objects.requireNonNull(cache, "not started");
    }

    @Override
    public void start() throws IOException {
        disk.powerOn();
        files.strikeWith(disk::strike);
        open.clear();
        cache = files.openStore(ROOT, clock);
    }

    @Override
    public void restore(ManifestCrdt manifest, EntryVerifier verifier, long epochMillis) throws IOException {
        journal.fail(disk.isBad());
        SimulatedJournal.Found found = journal.restore(manifest, epochMillis);
        if (found.torn()) {
            sights.saw(Sight.JOURNAL_TORN);
        }
        if (found.damaged()) {
            sights.saw(Sight.JOURNAL_DAMAGED);
        }
    }

    @Override
    public void keep(ManifestCrdt manifest) throws IOException {
        Runnable cut = crashInJournal;
        if (cut != null) {
            crashInJournal = null;
            sights.saw(Sight.CRASH_IN_DISK_CHANGE);
            journal.cutPower();
            cut.run();
        }
        try {
            disk.strike();
            journal.fail(false);
        } catch (IOException e) {
            journal.fail(disk.isBad());
            if (disk.isOff()) {
                journal.cutPower();
            }
        }
        journal.keep(manifest);
    }

    /** The process's open files are not closed: nobody is there to do it. */
    @Override
    public void crash() {
        cache = null;
        crashInJournal = null;
        open.clear();
        files.crash(random);
        journal.crash();
    }

    /** The machine stops in the middle of the journal's next write; {@code crash} has it stop for good. */
    void crashInJournal(Runnable crash) {
        crashInJournal = crash;
    }

    /** Changes a byte of what is not complete, or of the journal, of a node that does not run. */
    void rot() {
        if (random.nextBoolean() ? files.rot("/data", random) : journal.rot()) {
            sights.saw(Sight.PARTIAL_DAMAGED);
        }
    }

    @Override
    public long usedBytes() {
        return files.usedBytes();
    }

    @Override
    public Map<BlobId, Long> complete() throws IOException {
        return cache().complete();
    }

    @Override
    public List<BlobId> partial() throws IOException {
        return cache().partial();
    }

    @Override
    public @Nullable LeafSet held(BlobId blob) throws IOException {
        BlobCache present = cache;
        BlobCache.Holding holding = present == null ? null : present.holding(blob);
        return holding == null ? null : holding.leaves();
    }

    @Override
    public void seed(ModelledContent content, long epochMillis) throws IOException {
        Path file = ROOT.resolve("seed").resolve(content.id().hex());
        files.put(file, Objects.requireNonNull(contents.get(content.id())));
        BlobCache.Seeded seeded = cache().addSeed(file);
        if (!seeded.id().equals(content.id())) {
            throw new AssertionError("seeded as " + seeded.id() + ", is " + content.id());
        }
    }

    @Override
    public LeafSet open(BlobId blob, BlobLayout layout, HashTree tree) throws IOException {
        PartialBlob partial = cache().receive(blob, layout, tree);
        open.put(blob, partial);
        return partial.held();
    }

    @Override
    public Leaf read(BlobId blob, int leaf) throws IOException {
        BlobLayout layout = new BlobLayout(Objects.requireNonNull(contents.get(blob)).length);
        ByteBuffer bytes = ByteBuffer.allocate(layout.leafLength(leaf));
        int count = cache().read(blob, layout.leafOffset(leaf), bytes);
        if (count != layout.leafLength(leaf)) {
            throw new IOException("leaf " + leaf + " of blob " + blob + " reads " + count + " bytes");
        }
        return new Leaf(bytes.flip().asReadOnlyBuffer(), true);
    }

    @Override
    public boolean write(BlobId blob, int leaf, Leaf data) throws IOException {
        return partial(blob).write(leaf, Objects.requireNonNull(data.bytes()).duplicate());
    }

    @Override
    public boolean commit(BlobId blob, long epochMillis) throws IOException {
        PartialBlob partial = partial(blob);
        open.remove(blob);
        boolean whole = partial.commitUnflushed();
        if (whole) {
            cache().flush();
            sights.saw(Sight.REAL_BYTES_COMPLETE);
        }
        return whole;
    }

    private PartialBlob partial(BlobId blob) throws IOException {
        PartialBlob partial = open.get(blob);
        if (partial == null) {
            throw new IOException("blob " + blob + " is not being received");
        }
        return partial;
    }

    @Override
    public void close(BlobId blob) throws IOException {
        PartialBlob partial = open.remove(blob);
        if (partial != null) {
            partial.close();
        }
    }

    @Override
    public void delete(BlobId blob) throws IOException {
        open.remove(blob);
        cache().evict(blob);
    }

    @Override
    public void discard(BlobId blob) throws IOException {
        cache().discard(blob);
    }

    @Override
    public boolean bury(BlobId blob) throws IOException {
        return cache().bury(blob);
    }

    @Override
    public boolean revive(BlobId blob, long epochMillis) throws IOException {
        return cache().resurrect(blob);
    }
}
