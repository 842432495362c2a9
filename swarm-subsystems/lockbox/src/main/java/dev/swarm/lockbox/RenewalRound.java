package dev.swarm.lockbox;

import dev.swarm.lockbox.age.AgeException;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.lockbox.age.Recipient;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.vault.VaultDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives files other keys, some in each round, as {@link KeyRenewal} decides. One round at a time; takes the lock of its box. */
final class RenewalRound {

    private static final Logger log = LoggerFactory.getLogger(RenewalRound.class);

    /** Files whose contents are flushed together, each with an open file. */
    private static final int GROUP_FILES = 64;

    private final ReentrantLock lock;
    private final BoxIndex index;
    private final VaultDisk disk;
    private final AgeFile age;
    private final InstantSource clock;
    private long settledChange;

    /** Works on an index that is guarded by {@code lock}, and holds that only to look and to note. */
    RenewalRound(ReentrantLock lock, BoxIndex index, VaultDisk disk, AgeFile age, InstantSource clock) {
        this.lock = lock;
        this.index = index;
        this.disk = disk;
        this.age = age;
        this.clock = clock;
    }

    /**
     * Gives some files other keys. Blocks.
     *
     * @param key this machine's; null while it is locked, and then it is only found out how many files wait
     */
    void run(Set<Recipient> recipients, @Nullable AgeIdentity key) throws IOException {
        List<KeyRenewal.Task> tasks;
        lock.lock();
        try {
            long change = index.applied.lastChange();
            boolean same = index.renewal.isSettled(recipients)
                    && index.applied.changedAfter(settledChange).stream().allMatch(this::isCurrent);
            settledChange = change;
            if (same) {
                return;
            }
            List<FileEntry> current = index.applied.values().stream()
                    .filter(entry -> entry.isFile() && entry.equals(index.files.get(entry.path())))
                    .toList();
            tasks = index.renewal.next(current, recipients);
        } finally {
            lock.unlock();
        }
        if (key != null && !tasks.isEmpty()) {
            for (int from = 0; from < tasks.size(); from += GROUP_FILES) {
                renewGroup(tasks.subList(from, Math.min(tasks.size(), from + GROUP_FILES)), recipients, key);
            }
            // The set, which is on disk next, says that these contents are here.
            index.held.forceReady();
        }
    }

    private void renewGroup(List<KeyRenewal.Task> tasks, Set<Recipient> recipients, AgeIdentity key) {
        Map<FileEntry, VaultFiles.Draft> drafts = new LinkedHashMap<>();
        for (KeyRenewal.Task task : tasks) {
            VaultFiles.Draft draft = draft(task, recipients, key);
            if (draft != null) {
                drafts.put(task.entry(), draft);
            }
        }
        try {
            index.held.force(List.copyOf(drafts.values()));
            for (Map.Entry<FileEntry, VaultFiles.Draft> each : drafts.entrySet()) {
                FileEntry.Content was = each.getKey().content();
                VaultFiles.Made made = index.held.ready(each.getValue());
                replace(each.getKey(), contentOf(made, was.mode(), was.modifiedNanos(), was.document(), recipients));
            }
        } catch (IOException e) {
            warn(e);
            drafts.values().forEach(this::discard);
        }
    }

    private void discard(VaultFiles.Draft draft) {
        try {
            index.held.discard(draft);
        } catch (IOException e) {
            log.debug("what was begun of a lockbox file stays until the next look at everything", e);
        }
    }

    private boolean isCurrent(String path) {
        FileEntry entry = index.applied.get(path);
        return entry == null
                || !entry.isFile()
                || !entry.equals(index.files.get(path))
                || index.renewal.isCurrent(entry.content());
    }

    /** Makes the content that a file is to have; null if that has to wait. */
    private VaultFiles.@Nullable Draft draft(KeyRenewal.Task task, Set<Recipient> recipients, AgeIdentity key) {
        String path = task.entry().path();
        try {
            VaultFiles.Held there = index.held.at(path);
            if (there == null || !there.stat().equals(disk.stat(path))) {
                return null;
            }
            return index.held.make(
                    path,
                    (source, target) -> task.withPayload()
                            ? age.reencrypt(source, target, key, recipients)
                            : age.rewrap(source, target, key, recipients));
        } catch (AgeException e) {
            log.debug("a file of a lockbox is left to another machine to give other keys: {}", e.getMessage());
            index.renewal.leave(task.entry().content().id());
        } catch (IOException e) {
            warn(e);
        }
        return null;
    }

    private static void warn(IOException e) {
        log.warn(
                "a file of a lockbox could not be given other keys, trying again: {}",
                e.getClass().getSimpleName());
    }

    /** What is to be noted of a content that was made for these recipients. */
    static FileEntry.Content contentOf(
            VaultFiles.Made made, int mode, long modifiedNanos, String document, Set<Recipient> recipients) {
        return new FileEntry.Content(
                made.id(), made.size(), mode, modifiedNanos, document, Generations.of(recipients), made.payload());
    }

    private void replace(FileEntry entry, FileEntry.Content renewed) {
        lock.lock();
        try {
            if (entry.equals(index.files.get(entry.path()))) {
                index.files.write(entry.path(), renewed, entry, clock.millis());
                index.renewal.countDone();
            }
        } finally {
            lock.unlock();
        }
    }
}
