package dev.swarm.filecast;

import dev.swarm.Printable;
import dev.swarm.SwarmException;
import dev.swarm.WorkPace;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.lifecycle.SeedFile;
import dev.swarm.lifecycle.SeedLedger;
import dev.swarm.lifecycle.SeedTerms;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.subsystem.Subsystem;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.trait.JsonText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that an operator pushes to matching nodes: what lies in {@code seed/} with a {@code .swarm} beside it is published, what
 * others publish for this node is fetched and linked under {@code files/}. Safe for many threads.
 */
public final class Filecast implements Subsystem {

    /** The subsystem's name. */
    public static final String NAME = "filecast";

    /** What is known of the seed directory, kept so that what is removed or replaced while the node is down is noticed. */
    private static final String LEDGER = "seeds.json";

    /** Publications confirmed together: with a large manifest each confirmation takes seconds, and what waits takes a kilobyte. */
    private static final int MAX_UNDER_WAY = 16_384;

    /** Publications that are begun together: as many as share a signature. */
    private static final int MAX_GATHERED = 256;

    /** With more seeds than that the ledger, some 250 bytes for each, is not written once more for each 256 that are published. */
    private static final int MAX_RECORDED_BEFORE = 8_192;

    /** Between two looks at all seeds, at most: each is compared with what is known of it, some 11 µs for each. */
    private static final long LONGEST_LOOK_NANOS = 30_000_000_000L;

    /** A start reads what is kept of the seed directory; on a busy machine its turn may be late. */
    private static final long START_SECONDS = 10;

    /** After a start, time for neighbours to tell what became of entries that are not here: two cycles as nodes have them. */
    private static final long HEARING_NANOS = 10_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(Filecast.class);

    private final CountDownLatch started = new CountDownLatch(1);
    private final Object lock = new Object();
    private final SeedLedger ledger = new SeedLedger();
    private final BrokenSeeds brokenSeeds = new BrokenSeeds();
    /** Publications that wait for others to share a signature with. Guarded by {@link #lock}. */
    private final List<SeedLedger.Publish> gathered = new ArrayList<>();
    /** Publications that the disk has yet to confirm. Guarded by {@link #lock}. */
    private final List<UnderWay> underWay = new ArrayList<>();

    private @Nullable SubsystemContext context;
    private @Nullable SeedDirectory seeds;
    private @Nullable WorkPace looks;
    private volatile @Nullable FileLinks links;
    private @Nullable String kept;
    private long startedAt;
    private volatile boolean closed;

    private record UnderWay(SeedLedger.Publish step, CompletableFuture<ManifestEntry> answer) {}

    Filecast() {}

    /**
     * What was distributed.
     *
     * @param blob its id
     * @param label its name
     * @param size its size in bytes
     */
    public record Distributed(BlobId blob, String label, long size) {}

    @Override
    public void start(SubsystemContext newContext) {
        synchronized (lock) {
            context = newContext;
            closed = false;
            startedAt = newContext.ticker().nanoTime();
            seeds = new SeedDirectory(newContext.dataDirectory().resolve("seed"));
            looks = new WorkPace(newContext.ticker(), LONGEST_LOOK_NANOS);
            links = new FileLinks(newContext);
            recall(newContext);
        }
        started.countDown();
        newContext.offerTrait("swarm_seeds", this::trait);
        newContext.storesIn(user -> newContext.blobs().contentDirectory());
        links().linkHeld();
    }

    @Override
    public boolean assignsByTarget() {
        return true;
    }

    /**
     * Copies a file into the seed directory, hashing it on the way, writes its {@code .swarm} and publishes it. A seed of the
     * same name is replaced. Blocks for one reading and one writing of the file.
     *
     * @param file what to distribute
     * @param name the name under which receivers find it
     * @param terms for whom and until when
     * @throws IOException if the file cannot be read or the seed directory not written
     * @throws SwarmException with reason NO_PROGRESS if filecast has not started within ten seconds; FORBIDDEN if this node may
     *     not publish, if the gate is closed, or if another file is
     *     being distributed under the same name; DISK_PRESSURE if the seed directory's file system has too little room; then
     *     nothing is copied
     * @throws IllegalArgumentException if the name cannot be a label, or is longer than 249 bytes, which leaves no room for the
     *     name of its {@code .swarm}; then nothing is copied
     */
    public Distributed distribute(Path file, String name, SeedTerms terms) throws IOException {
        return distribute(file, name, terms, () -> false);
    }

    /**
     * The same until somebody gives up while the file is copied. Then nothing is published, and what was seeded under the name
     * stays.
     *
     * @param givenUp asked again and again, on the thread that copies; once it is true nothing more is copied
     * @throws java.io.InterruptedIOException if it was given up
     */
    public Distributed distribute(Path file, String name, SeedTerms terms, BooleanSupplier givenUp) throws IOException {
        awaitStart(file);
        SubsystemContext node = running();
        requireOpen(file);
        Label label = Label.of(name);
        SeedDirectory.requireRoomForTerms(label);
        Path staged = withhold(file, name, terms);
        try (BlobCache.SeedCopy copy =
                new GatedSeeds(node).copy(file, directory().path(), givenUp)) {
            BlobId blob = copy.content().id();
            synchronized (lock) {
                replace(copy, label, staged);
                ledger.release(name);
                ledger.replaced(name, blob);
                scan(node, Map.of(name, blob));
                requireSound(file, name);
            }
            return new Distributed(blob, name, copy.content().layout().size());
        } finally {
            release(name, staged);
        }
    }

    /** Wherever a crash ends this, neither is the new content published by the old terms nor the old content by the new ones. */
    private void replace(BlobCache.SeedCopy copy, Label label, Path staged) throws IOException {
        directory().suspend(label.name(), staged);
        copy.place(label);
        directory().place(staged, label.name());
    }

    /** A host may have the plugin before its turn to start has come. */
    private void awaitStart(Path file) {
        boolean begun = false;
        try {
            begun = started.await(START_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!begun) {
            throw new SwarmException(
                    SwarmException.Reason.NO_PROGRESS,
                    "cannot distribute " + file + ": filecast has not started within " + START_SECONDS
                            + " s; see the node's log, or try again");
        }
    }

    private void requireOpen(Path file) {
        if (closed) {
            throw new SwarmException(
                    SwarmException.Reason.FORBIDDEN,
                    "cannot distribute " + file + ": filecast is closed on this node; open its gate for this host");
        }
    }

    /** Stages terms first, so that a copy is never left without them. */
    private Path withhold(Path file, String name, SeedTerms terms) throws IOException {
        synchronized (lock) {
            if (!ledger.withhold(name)) {
                throw new SwarmException(
                        SwarmException.Reason.FORBIDDEN,
                        "cannot distribute " + file + " as " + name
                                + ": another file is being distributed under that name; try again when that is done");
            }
            try {
                return directory().stage(terms);
            } catch (IOException e) {
                ledger.release(name);
                throw e;
            }
        }
    }

    private void release(String name, Path staged) throws IOException {
        synchronized (lock) {
            ledger.release(name);
            directory().discard(staged);
        }
    }

    private void requireSound(Path file, String name) {
        String problem = ledger.broken().get(name);
        if (problem != null) {
            throw new SwarmException(SwarmException.Reason.FORBIDDEN, "cannot distribute " + file + ": " + problem);
        }
    }

    @Override
    public void onCycle() {
        SubsystemContext node = running();
        WorkPace pace = Objects.requireNonNull(looks, "filecast has not started");
        if (pace.tryStart()) {
            try {
                synchronized (lock) {
                    rescan(node);
                }
                links().follow();
            } finally {
                pace.ended();
            }
        }
    }

    private void rescan(SubsystemContext node) {
        try {
            scan(node, Map.of());
        } catch (IOException e) {
            log.warn("cannot look through the seed directory: {}", e.toString());
        }
    }

    @Override
    public void onComplete(BlobView blob) {
        onCompleteAll(List.of(blob));
    }

    @Override
    public void onCompleteAll(List<BlobView> blobs) {
        links().link(blobs);
    }

    @Override
    public void onRevoked(BlobView blob) {
        SubsystemContext node = running();
        links().unlink(blob);
        synchronized (lock) {
            if (ledger.isSeeded(blob.blob())) {
                rescan(node);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private void scan(SubsystemContext node, Map<String, BlobId> hashed) throws IOException {
        OwnSeeds own = new OwnSeeds(node, node.ticker().nanoTime() - startedAt >= HEARING_NANOS);
        List<SeedLedger.Step> steps = new ArrayList<>(ledger.scan(directory().list(), own));
        // What lies in the store and is not published yet is not to wait until other files are hashed.
        steps.sort(Comparator.comparing(step -> !(step instanceof SeedLedger.TakeAway) && !isHashed(step, hashed)));
        long looked = node.ticker().nanoTime();
        for (SeedLedger.Step step : steps) {
            if (underWay.size() >= MAX_UNDER_WAY) {
                settle(node);
            }
            take(node, step, hashed);
        }
        settle(node);
        Objects.requireNonNull(looks).leaveOut(node.ticker().nanoTime() - looked);
        own.tellOfOthers();
        tellOfBroken();
        keepLedger(node);
    }

    private static boolean isHashed(SeedLedger.Step step, Map<String, BlobId> hashed) {
        return step instanceof SeedLedger.Hash hash
                && hashed.containsKey(hash.file().name());
    }

    private void tellOfBroken() {
        brokenSeeds
                .look(ledger.broken())
                .forEach((name, why) -> log.warn("seed {} is broken: {}", Printable.of(name), Printable.of(why)));
    }

    private void keepLedger(SubsystemContext node) throws IOException {
        String text = ledger.toJson();
        if (!text.equals(kept)) {
            node.keep(LEDGER, text);
            kept = text;
        }
    }

    private void recall(SubsystemContext node) {
        String text = node.kept(LEDGER);
        try {
            ledger.restore(text == null ? "{}" : text);
        } catch (IllegalArgumentException e) {
            log.warn("{} cannot be used, every seed is hashed again: {}", LEDGER, e.getMessage());
        }
    }

    private void take(SubsystemContext node, SeedLedger.Step step, Map<String, BlobId> hashed) {
        if (step instanceof SeedLedger.Hash hash) {
            hash(node, hash, hashed);
        } else if (step instanceof SeedLedger.Publish publish) {
            publish(node, publish);
        } else if (step instanceof SeedLedger.Relink relink) {
            relink(node, relink, hashed);
        } else if (step instanceof SeedLedger.TakeAway end) {
            settle(node);
            takeAway(node, end);
        } else if (step instanceof SeedLedger.Revoke revoke) {
            settle(node);
            revoke(node, revoke);
        } else {
            throw new AssertionError(step);
        }
    }

    private void hash(SubsystemContext node, SeedLedger.Hash step, Map<String, BlobId> hashed) {
        SeedFile file = step.file();
        try {
            Label.of(file.name());
            BlobId fresh = hashed.get(file.name());
            BlobId blob = fresh != null
                    ? fresh
                    : new GatedSeeds(node)
                            .list(directory().resolve(file.name()))
                            .id();
            for (SeedLedger.Step next : ledger.hashed(file, step.terms(), blob)) {
                take(node, next, hashed);
            }
        } catch (IOException | IllegalArgumentException | SwarmException e) {
            ledger.failed(file.name(), String.valueOf(e.getMessage()));
        }
    }

    /** Has a publication begun soon; {@link #settle} waits for it. */
    private void publish(SubsystemContext node, SeedLedger.Publish step) {
        BlobView view = node.blob(step.blob());
        if (view != null && isPublished(view.activeEntryOf(node.self()), step)) {
            published(step);
            return;
        }
        gathered.add(step);
        if (view != null && !view.isActive()) {
            // Until it is published again, a look at the store takes it for a copy of what has ended, and buries it.
            settle(node);
        } else if (gathered.size() >= MAX_GATHERED) {
            begin(node);
        }
    }

    private void begin(SubsystemContext node) {
        List<SeedLedger.Publish> steps = List.copyOf(gathered);
        gathered.clear();
        recordBeforePublishing(node);
        List<CompletableFuture<ManifestEntry>> answers =
                node.publishAll(steps.stream().map(Filecast::entry).toList());
        for (int i = 0; i < steps.size(); i++) {
            underWay.add(new UnderWay(steps.get(i), answers.get(i)));
        }
    }

    /** What is published by a node that then crashes, and is removed before it starts again, is to be known as gone by then. */
    private void recordBeforePublishing(SubsystemContext node) {
        if (ledger.size() > MAX_RECORDED_BEFORE) {
            return;
        }
        try {
            keepLedger(node);
        } catch (IOException e) {
            log.debug("{} is written after the look: {}", LEDGER, e.toString());
        }
    }

    private static SubsystemContext.NewEntry entry(SeedLedger.Publish step) {
        SeedTerms terms = step.terms();
        return new SubsystemContext.NewEntry(step.blob(), step.name(), terms.target(), terms.retention());
    }

    /** Waits for all publications: together they cost little more than one. */
    private void settle(SubsystemContext node) {
        if (!gathered.isEmpty()) {
            begin(node);
        }
        if (underWay.isEmpty()) {
            return;
        }
        try {
            node.blobs().flush();
        } catch (IOException e) {
            log.warn("the listing of new seeds may be lost if the power fails: {}", e.toString());
        }
        List<UnderWay> all = List.copyOf(underWay);
        underWay.clear();
        for (UnderWay publication : all) {
            SeedLedger.Publish step = publication.step();
            try {
                publication.answer().join();
                log.info(
                        "seeding {} as {} for {}",
                        step.name(),
                        step.blob(),
                        step.terms().target());
                published(step);
            } catch (CompletionException e) {
                if (!(e.getCause() instanceof SwarmException refusal)) {
                    throw e;
                }
                refused(step, refusal);
            }
        }
    }

    private void published(SeedLedger.Publish step) {
        ledger.published(step.name());
        links().linkPublished(step.blob(), Label.of(step.name()));
    }

    private void refused(SeedLedger.Publish step, SwarmException why) {
        ledger.refused(step.name(), String.valueOf(why.getMessage()));
    }

    private static boolean isPublished(@Nullable VerifiedEntry published, SeedLedger.Publish step) {
        if (published == null) {
            return false;
        }
        ManifestEntry own = published.entry();
        return own.label().name().equals(step.name())
                && own.target().equals(step.terms().target())
                && own.retention().equals(step.terms().retention());
    }

    private void relink(SubsystemContext node, SeedLedger.Relink step, Map<String, BlobId> hashed) {
        boolean listed = false;
        try {
            listed = node.blobs().relinkSeed(directory().resolve(step.file().name()), step.blob());
        } catch (IOException e) {
            log.debug(
                    "seed {} cannot be listed by what was kept of it: {}",
                    step.file().name(),
                    e.toString());
        }
        if (!listed) {
            hash(node, new SeedLedger.Hash(step.file(), step.terms()), hashed);
        }
    }

    private void takeAway(SubsystemContext node, SeedLedger.TakeAway step) {
        try {
            BlobCache.SeedEnd end = new GatedSeeds(node).bury(directory().resolve(step.name()), step.blob());
            if (end != BlobCache.SeedEnd.OTHER) {
                directory().removeTerms(step.name());
            }
            ledger.takenAway(step.name());
            unlinkGone(node, step.blob());
            tellOfEnd(step, end);
        } catch (IOException | SwarmException e) {
            ledger.stays(step.name(), "has ended and cannot be taken away: " + e.getMessage());
        }
    }

    private static void tellOfEnd(SeedLedger.TakeAway step, BlobCache.SeedEnd end) {
        switch (end) {
            case BURIED -> log.info("seed {} has ended, {} lies in the graveyard", step.name(), step.blob());
            case HELD ->
                log.info("seed {} has ended and is deleted, {} is in the store besides", step.name(), step.blob());
            case GONE -> log.info("seed {} has ended, its file was gone already", step.name());
            case OTHER ->
                log.info("seed {} has ended, and its file is another than {} by now", step.name(), step.blob());
            case DELETED ->
                log.warn(
                        "seed {} has ended and is deleted with no copy kept of {}: the graveyard lies on another file system, which has"
                                + " no room for it",
                        step.name(),
                        step.blob());
        }
    }

    /** What others still publish may not be meant for this node, and then nothing else takes its links away. */
    private void unlinkGone(SubsystemContext node, BlobId blob) {
        if (!OwnSeeds.isHeld(node, blob)) {
            links().unlink(blob);
        }
    }

    private void revoke(SubsystemContext node, SeedLedger.Revoke step) {
        try {
            node.revoke(step.blob());
            unlinkGone(node, step.blob());
            log.info("seed {} is gone; revoked {}", step.name(), step.blob());
        } catch (SwarmException e) {
            if (e.reason() == SwarmException.Reason.NOT_FOUND) {
                log.debug("seed {} was not active: {}", step.name(), e.getMessage());
            } else {
                ledger.notRevoked(step.name(), step.blob(), String.valueOf(e.getMessage()));
            }
        }
    }

    private String trait() {
        SubsystemContext node = running();
        Map<String, String> broken;
        synchronized (lock) {
            broken = ledger.broken();
        }
        return JsonText.write(json -> {
            json.writeStartObject();
            json.writeArrayFieldStart("seeds");
            for (BlobView view : node.entries()) {
                VerifiedEntry published = view.activeEntryOf(node.self());
                if (published != null) {
                    ManifestEntry own = published.entry();
                    json.writeStartObject();
                    json.writeStringField("sha256", view.blob().hex());
                    json.writeStringField("label", own.label().name());
                    json.writeNumberField("size", own.size());
                    json.writeStringField("target", own.target().toString());
                    json.writeStringField("retention", own.retention().toString());
                    json.writeEndObject();
                }
            }
            json.writeEndArray();
            json.writeArrayFieldStart("broken_seeds");
            for (var seed : broken.entrySet()) {
                json.writeStartObject();
                json.writeStringField("filename", seed.getKey());
                json.writeStringField("error", seed.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private SubsystemContext running() {
        synchronized (lock) {
            return Objects.requireNonNull(context, "filecast has not started");
        }
    }

    private FileLinks links() {
        return Objects.requireNonNull(links, "filecast has not started");
    }

    private SeedDirectory directory() {
        return Objects.requireNonNull(seeds, "filecast has not started");
    }
}
