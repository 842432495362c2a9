package dev.swarm.lockbox.vault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ForkJoinPool;

/**
 * Has many files flushed at the same time, for which a journaling file system writes its journal once instead of once for each.
 * The threads that wait are those of the JDK's common pool, which makes more while some are blocked and lets them end again. Stateless.
 */
final class ForcedTogether {

    private ForcedTogether() {}

    static void force(Collection<VaultDisk.NewFile> files) throws IOException {
        if (files.size() == 1) {
            files.iterator().next().force();
            return;
        }
        List<CompletableFuture<Void>> all = files.stream()
                .map(file -> CompletableFuture.runAsync(() -> forceInPool(file), ForkJoinPool.commonPool()))
                .toList();
        IOException failure = null;
        for (CompletableFuture<Void> each : all) {
            try {
                each.join();
            } catch (CompletionException e) {
                failure = e.getCause() instanceof UncheckedIOException io ? io.getCause() : new IOException(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static void forceInPool(VaultDisk.NewFile file) {
        try {
            ForkJoinPool.managedBlock(new Forcing(file));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while a file was flushed", e));
        }
    }

    private static final class Forcing implements ForkJoinPool.ManagedBlocker {

        private final VaultDisk.NewFile file;
        private boolean done;

        Forcing(VaultDisk.NewFile file) {
            this.file = file;
        }

        @Override
        public boolean block() {
            try {
                file.force();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            done = true;
            return true;
        }

        @Override
        public boolean isReleasable() {
            return done;
        }
    }
}
