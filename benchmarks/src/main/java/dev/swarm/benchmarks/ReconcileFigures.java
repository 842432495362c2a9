package dev.swarm.benchmarks;

import dev.swarm.benchmarks.rig.EntryAuthors;
import dev.swarm.manifest.MalformedFrameException;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.ManifestSync;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.SignedEntry;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.manifest.VerifiedEntry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What it takes until two manifests of a hundred thousand entries that differ in some are the same: bytes, requests, and the time that
 * one core computes for both, signatures included. Entries have real signatures.
 */
public final class ReconcileFigures {

    private static final int ENTRIES = 100_000;

    /** As many that none has more entries than a plain node may have. */
    private static final int AUTHORS = 32;

    private static final List<Integer> DIFFERENCES = List.of(1, 10, 100, 1_000, 10_000);

    private final EntryAuthors authors;
    private final long now = System.currentTimeMillis();
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private int next;

    private ReconcileFigures(EntryAuthors authors) {
        this.authors = authors;
    }

    /** Prints one table. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory("swarm-reconcile");
        try {
            new ReconcileFigures(EntryAuthors.issue(directory, AUTHORS)).run();
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private void run() {
        Side a = new Side();
        Side b = new Side();
        List<VerifiedEntry> common = entries(ENTRIES);
        long heapBefore = usedHeap();
        a.add(common);
        long heap = usedHeap() - heapBefore;
        b.add(common);
        System.out.println(
                "| entries that differ, of " + ENTRIES
                        + " | requests | bytes both ways | of which the entries alone | computing, both sides |\n|---|---|---|---|---|");
        for (int differing : DIFFERENCES) {
            List<VerifiedEntry> fresh = entries(differing);
            a.add(fresh.subList(0, differing / 2));
            b.add(fresh.subList(differing / 2, differing));
            System.out.println(converge(a, b, String.format(Locale.ROOT, "%,d", differing), fresh));
        }
        List<VerifiedEntry> all = a.verify(a.manifest.entries());
        System.out.println(converge(new Side(), a, "all: one is empty", all));
        System.out.println("\nheap of one manifest, certificates and signed entries not counted: " + heap / ENTRIES
                + " bytes an entry");
    }

    private String converge(Side a, Side b, String what, List<VerifiedEntry> differing) {
        long bare = differing.stream()
                .mapToLong(entry -> entry.signed().encode().length)
                .sum();
        long computing = threads.getCurrentThreadCpuTime();
        long bytes = 0;
        int requests = 0;
        while (!a.manifest.digest().equals(b.manifest.digest())) {
            SyncFrame request = a.sync.open();
            for (int frames = 0; !request.isFinished() && frames < ManifestSync.MAX_FRAMES; frames += 2) {
                ByteBuffer there = request.encode();
                ByteBuffer back = b.receive(there).encode();
                request = a.receive(back);
                bytes += there.remaining() + back.remaining();
                requests++;
            }
        }
        computing = threads.getCurrentThreadCpuTime() - computing;
        return String.format(
                Locale.ROOT, "| %s | %d | %,d | %,d | %,.1f ms |", what, requests, bytes, bare, computing / 1e6);
    }

    private List<VerifiedEntry> entries(int count) {
        int first = next;
        next += count;
        return IntStream.range(first, first + count)
                .parallel()
                .mapToObj(number -> verified(authors.sign(number, now)))
                .toList();
    }

    private VerifiedEntry verified(SignedEntry entry) {
        try {
            return authors.verifier().verify(entry);
        } catch (RefusedEntryException e) {
            throw new IllegalStateException("an entry of this run is refused", e);
        }
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** One of the two. */
    private final class Side {
        private final ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        private final ManifestSync sync = ManifestSync.over(manifest);

        private void add(List<VerifiedEntry> entries) {
            entries.forEach(entry -> manifest.merge(entry, now));
        }

        private List<VerifiedEntry> verify(List<SignedEntry> entries) {
            return entries.stream().map(ReconcileFigures.this::verified).toList();
        }

        private SyncFrame receive(ByteBuffer frame) {
            try {
                SyncFrame received = SyncFrame.decode(frame, SyncFrame.MAX_BYTES);
                add(verify(received.entries()));
                return sync.answer(received);
            } catch (MalformedFrameException e) {
                throw new IllegalStateException("a frame of this run is refused", e);
            }
        }
    }
}
