package dev.swarm.driver;

import dev.swarm.SystemAdapters;
import dev.swarm.Ticker;
import dev.swarm.WorkPace;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.JournalReading;
import dev.swarm.manifest.ManifestChanges;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestJson;
import dev.swarm.manifest.ManifestView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a node's manifest written: what changes goes to the journal at once, many changes in one write while one is under way; the
 * readable view follows soon. Confined to the node's loop but for the writing itself, which is done in order on another thread.
 */
final class ManifestWriter {

    static final String VIEW = "manifest.json";

    /**
     * From one view to the next at most, even if writing one takes more than a tenth of that: a single slow flush would keep what people
     * read old for ten times as long. A view of 100,000 entries takes a third of a second.
     */
    private static final long LONGEST_NANOS = 3_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(ManifestWriter.class);

    private final ManifestCrdt manifest;
    private final FleetId fleet;
    private final JournalFile journal;
    private final StateFiles files;
    private final Executor loop;
    private final Executor writing;
    private final WorkPace pace;
    private final AwaitedWrites awaited = new AwaitedWrites();
    private long changes;
    private boolean appendDue;
    private boolean viewDue = true;
    private int appending;
    private boolean viewing;
    private boolean viewFailed;
    private boolean flushed;

    /** Only on the writing thread. */
    private boolean failing;

    /**
     * A writer for a manifest that is still empty.
     *
     * @param threads where things are done
     */
    ManifestWriter(ManifestCrdt manifest, FleetId fleet, JournalFile journal, StateFiles files, Threads threads) {
        this.manifest = manifest;
        this.fleet = fleet;
        this.journal = journal;
        this.files = files;
        this.loop = threads.loop();
        this.writing = threads.writing();
        this.pace = new WorkPace(threads.ticker(), LONGEST_NANOS);
    }

    /**
     * The writer of a node.
     *
     * @param writing as in {@link Threads}
     */
    static ManifestWriter of(ManifestCrdt manifest, FleetId fleet, Path directory, NodeParts parts, Executor writing) {
        JournalFile journal = new JournalFile(new NioJournalDisk(directory), fleet, SystemAdapters.randomness());
        Threads threads = new Threads(task -> parts.loop().execute(task), writing, parts.ticker());
        return new ManifestWriter(manifest, fleet, journal, new StateFiles(directory), threads);
    }

    /**
     * Where things are done.
     *
     * @param loop where the manifest lives
     * @param writing runs one task after the other, in order; nobody who waits for a change to be written may hold it up
     * @param ticker tells how long writing takes
     */
    record Threads(Executor loop, Executor writing, Ticker ticker) {}

    /**
     * The time as of which revocations leave the manifest: the last full hour, so that all nodes drop the same ones at about the
     * same moment and their digests stay the same. A pass over a large manifest takes tens of milliseconds.
     */
    static long pruneTime(long epochMillis) {
        return epochMillis - epochMillis % Duration.ofHours(1).toMillis();
    }

    /**
     * Reads what an earlier run left and has the journal in order before anything else is written to it. Before the loop runs.
     * Nothing is pruned: what ended while the node was off may still lie in the store, and only its entries say so.
     *
     * @return whether there was a journal, all of it could be taken in, and nothing was lost at an earlier start
     */
    boolean load(long epochMillis) {
        checkView();
        JournalReading stored = journal.load();
        boolean whole = stored != null && stored.problems().isEmpty() && !journal.hasLost();
        if (stored != null) {
            List<String> refused = manifest.restore(stored, epochMillis);
            refused.forEach(problem -> log.warn("{}: {}", JournalFile.NAME, problem));
            whole &= refused.isEmpty();
        }
        if (journal.wantsSnapshot()) {
            write(takeChanges(true), manifest.size(), changes);
        }
        return whole;
    }

    /** Has what changed written; further changes until then are written together. */
    void changed() {
        if (flushed) {
            return;
        }
        changes++;
        appendDue = true;
        viewDue = true;
        pump();
    }

    /**
     * Completes when all changes so far are on disk in the journal and the view shows them; fails if the journal cannot be
     * written, or the node closes before, as it does once all is flushed. A view that cannot be written is not waited for.
     * Completed on the writing thread.
     */
    CompletableFuture<@Nullable Void> stored() {
        return flushed ? CompletableFuture.failedFuture(Lifetime.closed()) : awaited.await(changes);
    }

    /** Writes the view if it is due; in how many nanoseconds to call again at the latest. */
    long advance() {
        if (!viewDue || viewing) {
            return Long.MAX_VALUE;
        }
        long wait = pace.waitNanos();
        if (wait == 0) {
            startView();
            return Long.MAX_VALUE;
        }
        return wait;
    }

    /** Tries again what failed. */
    void cycle() {
        if (journal.wantsSnapshot() && appending == 0) {
            append(true);
        }
        viewDue |= viewFailed;
        viewFailed = false;
    }

    /** Has everything written for good, then calls {@code done} on the writing thread. What changes from here on is not written. */
    void flush(Runnable done) {
        if (appendDue || journal.wantsSnapshotAtClose()) {
            append(journal.wantsSnapshotAtClose());
        }
        if (viewDue || viewing || viewFailed) {
            startView();
        }
        flushed = true;
        writing.execute(() -> {
            journal.close();
            done.run();
        });
    }

    /** Fails those who wait for a change to be written, and who will. From any thread. */
    void close() {
        awaited.close();
    }

    private void checkView() {
        try {
            byte[] view = files.readBytes(VIEW);
            if (view != null) {
                ManifestJson.check(view);
            }
        } catch (IllegalArgumentException | IOException e) {
            files.setAside(
                    VIEW,
                    e.getMessage() + "; nothing in it was taken over, what the node knows is in " + JournalFile.NAME);
        }
    }

    private void pump() {
        if (appendDue && appending == 0) {
            append(journal.wantsSnapshot());
        }
    }

    private void append(boolean whole) {
        appendDue = false;
        appending++;
        ManifestChanges batch = takeChanges(whole);
        int entries = manifest.size();
        long upTo = changes;
        writing.execute(() -> {
            boolean compact = write(batch, entries, upTo) && journal.wantsSnapshot();
            loop.execute(() -> appended(compact));
        });
    }

    private void appended(boolean compact) {
        appending--;
        appendDue |= compact;
        pump();
    }

    private ManifestChanges takeChanges(boolean whole) {
        ManifestChanges drained = manifest.drainChanges();
        return whole && !drained.whole() ? ManifestChanges.whole(manifest.image()) : drained;
    }

    /** Whether the journal has the changes. */
    private boolean write(ManifestChanges batch, int entries, long upTo) {
        try {
            if (batch.whole()) {
                journal.snapshot(batch.now());
            } else {
                journal.append(batch, entries);
            }
            if (failing) {
                log.info("{} can be written again", JournalFile.NAME);
            }
            failing = false;
            return true;
        } catch (IOException e) {
            if (!failing) {
                log.warn(
                        "{} cannot be written: {}; what the manifest learns is lost if the node stops before it can",
                        JournalFile.NAME,
                        e.toString());
            }
            failing = true;
            awaited.failed(upTo, e);
            return false;
        }
    }

    /** The journal comes first: nobody is to read what a crash could take back. */
    private void startView() {
        if (appendDue) {
            append(journal.wantsSnapshot());
        }
        viewDue = false;
        viewing = true;
        long upTo = changes;
        long version = manifest.version();
        Fingerprint digest = manifest.digest();
        HybridTimestamp purgedUpTo = manifest.purgedUpTo();
        List<BlobView> blobs = manifest.blobs();
        writing.execute(() -> {
            pace.started();
            boolean wrote = files.tryWrite(
                    VIEW,
                    target -> ManifestJson.write(ManifestView.of(fleet, version, digest, purgedUpTo, blobs), target));
            pace.ended();
            awaited.written(upTo);
            loop.execute(() -> {
                viewing = false;
                viewFailed = !wrote;
            });
        });
    }
}
