package dev.swarm.lockbox;

import dev.swarm.Ticker;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.lockbox.age.Recipient;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.vault.Vault;
import dev.swarm.lockbox.vault.VaultDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import dev.swarm.lockbox.vault.VaultLook;
import dev.swarm.peer.PeerId;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lockbox of one user on this machine: its directory and the file set, each brought in line with the other.
 *
 * <p>{@link #pass} is called in the plugin's turn, one call at a time; the other methods are for any thread. The lock is held while
 * names are changed, and not while anything is encrypted or hashed.
 */
final class Box {

    private static final Logger log = LoggerFactory.getLogger(Box.class);

    private final VaultDisk disk;
    private final Vault vault;
    private final AgeFile age;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final RenewalRound renewal;
    private final BoxContents contents;
    // Guarded by lock.
    private final BoxIndex index;
    private final BoxMarker marker;
    private final LocalChanges localChanges;
    private final Alignment alignment;
    private final Tombstones tombstones;
    private NavigableMap<String, String> waiting = new TreeMap<>();
    private NavigableMap<String, String> failed = new TreeMap<>();
    private Map<String, String> skipped = Map.of();
    private Set<String> directories = Set.of();
    private boolean hasMore;
    private boolean first = true;

    /** Where a box is and what it is made with. */
    record Place(PeerId self, VaultDisk state, VaultDisk disk) {}

    /**
     * What is to be told of a box.
     *
     * @param waiting files in plaintext that are encrypted later, with the reason
     * @param failed files in plaintext that need their owner, with the reason
     * @param skipped what is left alone, with the reason
     * @param missing files whose content has not come yet
     * @param files files in all
     * @param deleted names that are gone
     * @param renewed files that got other keys since some have to
     * @param renewing files that are to get other keys still
     */
    record Figures(
            NavigableMap<String, String> waiting,
            NavigableMap<String, String> failed,
            NavigableMap<String, String> skipped,
            int missing,
            int files,
            int deleted,
            int renewed,
            int renewing) {}

    Box(Place place, AgeFile age, Ticker ticker, InstantSource clock, RandomGenerator random) {
        this.disk = place.disk();
        this.vault = new Vault(disk, age, ticker, random);
        this.age = age;
        this.clock = clock;
        this.index = new BoxIndex(place.self(), place.state(), disk, random);
        this.marker = new BoxMarker(index, disk, random);
        this.localChanges = new LocalChanges(index, disk, clock, random);
        this.alignment = new Alignment(index, disk);
        this.tombstones = new Tombstones(index);
        this.renewal = new RenewalRound(lock, index, disk, age, clock);
        this.contents = new BoxContents(lock, index, alignment);
    }

    /**
     * Encrypts what was dropped, notes what the user changed, and does what others changed. Blocks; in the plugin's turn.
     *
     * @param key this machine's; with it, files whose recipients are others by now are wrapped anew. Null while it is locked
     * @param look what to look at; all of it if this is the first pass, or if the directory is another than it was
     */
    void pass(Set<Recipient> recipients, @Nullable AgeIdentity key, VaultLook look) throws IOException {
        load();
        Vault.Pass pass = vault.pass(recipients, first || isReplaced() ? VaultLook.EVERYTHING : look);
        if (!recipients.isEmpty()) {
            renewal.run(recipients, key);
        }
        lock.lock();
        try {
            // The files are hashed under the lock only if they were put there by somebody else.
            Set<String> paths = index.held.update(pass);
            boolean replaced = marker.isReplaced();
            first = replaced && !pass.whole();
            if (first) {
                return;
            }
            localChanges.noteWritten(paths, pass.sealed(), Generations.of(recipients));
            if (!replaced) {
                localChanges.noteDeleted(paths, pass);
                localChanges.noteDirectories(paths, pass);
            }
            alignment.bringBack(clock.millis());
            // What is put aside is told from what is left over by the set alone, so that is on disk first.
            index.save();
            alignment.apply(pass);
            alignment.dropForgotten();
            waiting = pass.waiting();
            failed = pass.failed();
            skipped = Map.copyOf(pass.after().skipped());
            directories = Set.copyOf(pass.after().directories().keySet());
            hasMore = pass.hasMore();
            index.save();
        } finally {
            lock.unlock();
        }
    }

    private boolean isReplaced() throws IOException {
        lock.lock();
        try {
            return marker.isMissing();
        } finally {
            lock.unlock();
        }
    }

    /** What is in the files, for other machines and from them. */
    BoxContents contents() {
        return contents;
    }

    /** Takes in what another machine knows; gives the contents that are missing here then. */
    Set<String> merge(Collection<FileEntry> offered) throws IOException {
        lock.lock();
        try {
            load();
            int refused = index.files.merge(offered, clock.millis());
            if (refused > 0) {
                log.warn(
                        "{} changes of a lockbox lie more than a minute ahead; check the clocks of its machines",
                        refused);
            }
            alignment.findWanted();
            return Set.copyOf(alignment.wanted().keySet());
        } finally {
            lock.unlock();
        }
    }

    /** How this machine stands. */
    SyncFrames.Standing standing() {
        lock.lock();
        try {
            String digest = HexFormat.of().formatHex(index.files.digest());
            return new SyncFrames.Standing(digest, index.files.horizon(), index.agreedAt, index.adopting);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Hears how another machine stands.
     *
     * @return whether this one asserts less from now on than it did; see {@link Tombstones}
     */
    boolean hear(SyncFrames.Standing theirs) throws IOException {
        lock.lock();
        try {
            load();
            return tombstones.hear(theirs, clock.millis());
        } finally {
            lock.unlock();
        }
    }

    /** Whether changes of a machine that stands so count. */
    boolean mayTell(SyncFrames.Standing theirs) {
        lock.lock();
        try {
            return tombstones.mayTell(theirs);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Notes it if another machine has the same set.
     *
     * @return the number of this machine's last change; -1 if the sets differ
     */
    long agree(PeerId device, SyncFrames.Standing theirs) {
        lock.lock();
        try {
            return tombstones.agree(device, theirs, standing());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forgets deletions that all machines have known for long enough.
     *
     * @param others the user's other machines
     */
    void prune(Collection<PeerId> others) {
        lock.lock();
        try {
            tombstones.prune(others, clock.millis());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Settles names whose content no machine of the user has: its author replaced it before anybody fetched it, or left with it. The
     * next pass makes what is under such a name here the latest; where no machine has anything, nothing is there.
     */
    void giveUp(Set<String> ids) {
        lock.lock();
        try {
            alignment.giveUp(ids, clock.millis());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Encrypts a text under a name; the next pass puts it there. Blocks.
     *
     * @param path of the age file, which has the form of one
     * @param replace whether what is there gives way
     * @return false if there is something that does not
     */
    boolean write(String path, Lockboxes.PlainFile was, boolean replace, Set<Recipient> recipients, InputStream plain)
            throws IOException {
        if (isTaken(path, replace)) {
            return false;
        }
        VaultFiles.Draft draft = index.held.draft(plain, (source, target) -> age.encrypt(source, target, recipients));
        index.held.force(List.of(draft));
        lock.lock();
        try {
            if (isTaken(path, replace)) {
                index.held.discard(draft);
                return false;
            }
            VaultFiles.Made made = index.held.ready(draft);
            FileEntry.Content content = RenewalRound.contentOf(
                    made, was.mode(), was.modifiedNanos(), localChanges.newDocument(), recipients);
            index.held.forceReady();
            index.files.write(path, content, index.files.get(path), clock.millis());
            // No other machine may learn of a content that a crash could take back.
            index.save();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isTaken(String path, boolean replace) {
        FileEntry entry = entry(path);
        return entry != null && (entry.isDirectory() || (!replace && entry.isFile()));
    }

    /** The last change of a name; null if it never was one. */
    @Nullable
    FileEntry entry(String path) {
        lock.lock();
        try {
            return index.files.get(path);
        } finally {
            lock.unlock();
        }
    }

    /** Every file that is there, by path. */
    List<FileEntry> list() {
        lock.lock();
        try {
            return index.files.entries().values().stream()
                    .filter(FileEntry::isFile)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    NavigableMap<Long, FileEntry> changedAfter(long change, int max) {
        lock.lock();
        try {
            return index.files.changedAfter(change, max);
        } finally {
            lock.unlock();
        }
    }

    long lastChange() {
        lock.lock();
        try {
            return index.files.lastChange();
        } finally {
            lock.unlock();
        }
    }

    byte[] digest() {
        lock.lock();
        try {
            return index.files.digest();
        } finally {
            lock.unlock();
        }
    }

    Figures figures() {
        lock.lock();
        try {
            int gone = (int) index.files.entries().values().stream()
                    .filter(FileEntry::isGone)
                    .count();
            int there = (int) index.files.entries().values().stream()
                    .filter(FileEntry::isFile)
                    .count();
            return new Figures(
                    new TreeMap<>(waiting),
                    new TreeMap<>(failed),
                    new TreeMap<>(skipped),
                    alignment.wanted().size(),
                    there,
                    gone,
                    index.renewal.done(),
                    index.renewal.left());
        } finally {
            lock.unlock();
        }
    }

    /** Directories in the lockbox, as of the last pass. */
    Set<String> directories() {
        lock.lock();
        try {
            return directories;
        } finally {
            lock.unlock();
        }
    }

    /** Whether some files are to have other keys. */
    boolean isRenewing() {
        lock.lock();
        try {
            return index.renewal.left() > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Has all files that are here get other keys. */
    void renewAll() {
        lock.lock();
        try {
            index.renewal.renewAll(index.applied.values());
        } finally {
            lock.unlock();
        }
    }

    /** Whether another pass would do more right away. */
    boolean hasMore() {
        lock.lock();
        try {
            return hasMore;
        } finally {
            lock.unlock();
        }
    }

    /** Whether another pass in a while will find something to do. */
    boolean isAboutToBeQuiet() {
        lock.lock();
        try {
            return !waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Deletes all that is here for the user's other machines: the age files and what is known of them. Plaintexts stay.
     *
     * @return how many age files there were
     */
    int scrub() throws IOException {
        lock.lock();
        try {
            load();
            int files = 0;
            if (disk.stat("") != null) {
                // First, so that nobody takes what is gone for deleted if this is allowed again before it is done.
                marker.delete();
                // Puts back texts that were on their way out, and finds files that the index does not know of.
                index.held.update(vault.pass(Set.of(), VaultLook.EVERYTHING));
                for (String path : List.copyOf(index.held.all().keySet())) {
                    files += index.held.remove(path, parent -> false) ? 1 : 0;
                }
                index.held.sweep(id -> false);
                disk.force("");
            }
            // Last, for it says what there is to delete.
            index.delete();
            return files;
        } finally {
            lock.unlock();
        }
    }

    /** Lets go of what is open. */
    void close() throws IOException {
        lock.lock();
        try {
            index.close();
        } finally {
            lock.unlock();
        }
    }

    private void load() throws IOException {
        lock.lock();
        try {
            index.load(clock.millis());
        } finally {
            lock.unlock();
        }
    }
}
