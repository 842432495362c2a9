package dev.swarm.lockbox;

import dev.swarm.Ticker;
import dev.swarm.lockbox.age.AgeException;
import dev.swarm.lockbox.age.AgeFile;
import dev.swarm.lockbox.age.AgeIdentity;
import dev.swarm.lockbox.age.Recipient;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.lockbox.set.FileSet;
import dev.swarm.lockbox.vault.DropSealer;
import dev.swarm.lockbox.vault.Vault;
import dev.swarm.lockbox.vault.VaultDisk;
import dev.swarm.lockbox.vault.VaultFiles;
import dev.swarm.lockbox.vault.VaultNames;
import dev.swarm.lockbox.vault.VaultScan;
import dev.swarm.peer.PeerId;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
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
    private static final String MARKER = VaultNames.in(VaultNames.WORK, "marker-");

    private final Path stateDirectory;
    private final VaultDisk disk;
    private final Vault vault;
    private final VaultFiles held;
    private final AgeFile age;
    private final InstantSource clock;
    private final RandomGenerator random;

    private final StateFile stateFile;
    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock.
    private final FileSet files;
    private final Alignment alignment;
    private final Map<String, FileEntry> applied;
    private String marker = "";
    private boolean loaded;
    private NavigableMap<String, String> waiting = new TreeMap<>();
    private NavigableMap<String, String> failed = new TreeMap<>();
    private NavigableMap<String, String> skipped = new TreeMap<>();
    private Set<String> directories = Set.of();
    private final KeyRenewal renewal = new KeyRenewal();

    /** Where a box is and what it is made with. */
    record Place(PeerId self, Path stateDirectory, VaultDisk disk) {}

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
        this.stateDirectory = place.stateDirectory();
        this.disk = place.disk();
        this.vault = new Vault(disk, age, ticker, random);
        this.held = new VaultFiles(disk, random);
        this.age = age;
        this.files = new FileSet(place.self());
        this.alignment = new Alignment(files, held, disk);
        this.applied = alignment.applied();
        this.stateFile = new StateFile(stateDirectory, random);
        this.clock = clock;
        this.random = random;
    }

    /**
     * Encrypts what was dropped, notes what the user changed, and does what others changed. Blocks; in the plugin's turn.
     *
     * @param key this machine's; with it, files whose recipients are others by now are wrapped anew. Null while it is locked
     */
    void pass(Set<Recipient> recipients, @Nullable AgeIdentity key) throws IOException {
        load();
        Vault.Pass pass = vault.pass(recipients);
        Map<String, DropSealer.Sealed> sealed = new HashMap<>();
        pass.sealed().forEach(each -> sealed.put(each.path(), each));
        if (!recipients.isEmpty()) {
            renew(recipients, key);
        }
        lock.lock();
        try {
            // The files are hashed under the lock only if they were put there by somebody else.
            held.update(pass.after(), sealed);
            boolean replaced = isReplaced();
            noteWritten(sealed, Generations.of(recipients));
            if (!replaced) {
                noteDeleted(pass.after());
            }
            // What is put aside is told from what is left over by the set alone, so that is on disk first.
            save();
            alignment.apply();
            waiting = pass.waiting();
            failed = pass.failed();
            skipped = pass.after().skipped();
            directories = Set.copyOf(pass.after().directories().keySet());
            save();
        } finally {
            lock.unlock();
        }
    }

    /** Takes in what another machine knows; gives the contents that are missing here then. */
    Set<String> merge(Collection<FileEntry> offered) throws IOException {
        lock.lock();
        try {
            load();
            int refused = files.merge(offered, clock.millis());
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

    /** The size that a content has to have, or -1 if it is not wanted. */
    long wantedSize(String id) {
        lock.lock();
        try {
            return alignment.wanted().getOrDefault(id, -1L);
        } finally {
            lock.unlock();
        }
    }

    /** Contents that are wanted, the first of them by their SHA-256. */
    List<SyncFrames.Wanted> wanted(int max) {
        lock.lock();
        try {
            return alignment.wantedFrom(max);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Settles names whose content no machine of the user has: a version that its author replaced before anybody fetched it. What is
     * under such a name here stays as the latest; where nothing is, the name is gone.
     */
    void giveUp(Set<String> ids) {
        lock.lock();
        try {
            alignment.giveUp(ids, clock.millis());
        } finally {
            lock.unlock();
        }
    }

    /** The header of a content; null if it is not here. */
    byte @Nullable [] header(String id) throws IOException {
        try (InputStream content = open(id)) {
            return content == null ? null : AgeFile.header(new BufferedInputStream(content));
        }
    }

    /** Writes a content that was wanted, of its header and the payload of one that is here. Blocks. */
    void receiveHeader(String id, String base, byte[] header) throws IOException {
        long size = wantedSize(id);
        try (InputStream content = open(base)) {
            if (content != null && size >= 0) {
                InputStream payload = new BufferedInputStream(content);
                AgeFile.header(payload);
                held.receive(id, size, new SequenceInputStream(new ByteArrayInputStream(header), payload));
            }
        } catch (IOException e) {
            log.debug("a file of a lockbox has another payload than its machine says; all of it is asked for");
            lock.lock();
            try {
                alignment.distrust(id);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Writes a content that was wanted; the next pass puts it under its names. Blocks. */
    void receive(String id, long size, InputStream source) throws IOException {
        held.receive(id, size, source);
    }

    /** How long a content is in bytes; -1 if it is not here. */
    long sizeOf(String id) throws IOException {
        lock.lock();
        try {
            return held.sizeOf(id);
        } finally {
            lock.unlock();
        }
    }

    /** Opens a content for a machine that wants it; null if it is not here. The caller closes it. */
    @Nullable
    InputStream open(String id) throws IOException {
        lock.lock();
        try {
            return held.open(id);
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
        VaultFiles.Draft draft = held.draft(plain, (source, target) -> age.encrypt(source, target, recipients));
        lock.lock();
        try {
            if (isTaken(path, replace)) {
                held.discard(draft);
                return false;
            }
            VaultFiles.Made made = held.ready(draft);
            FileEntry.Content content = contentOf(made, was.mode(), was.modifiedNanos(), newDocument(), recipients);
            held.forceReady();
            files.write(path, content, files.get(path), clock.millis());
            // No other machine may learn of a content that a crash could take back.
            save();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isTaken(String path, boolean replace) {
        FileEntry entry = entry(path);
        return !replace && entry != null && entry.isFile();
    }

    /** The last change of a name; null if it never was one. */
    @Nullable
    FileEntry entry(String path) {
        lock.lock();
        try {
            return files.get(path);
        } finally {
            lock.unlock();
        }
    }

    /** Every file that is there, by path. */
    List<FileEntry> list() {
        lock.lock();
        try {
            return files.entries().values().stream().filter(FileEntry::isFile).toList();
        } finally {
            lock.unlock();
        }
    }

    NavigableMap<Long, FileEntry> changedAfter(long change, int max) {
        lock.lock();
        try {
            return files.changedAfter(change, max);
        } finally {
            lock.unlock();
        }
    }

    long lastChange() {
        lock.lock();
        try {
            return files.lastChange();
        } finally {
            lock.unlock();
        }
    }

    byte[] digest() {
        lock.lock();
        try {
            return files.digest();
        } finally {
            lock.unlock();
        }
    }

    Figures figures() {
        lock.lock();
        try {
            int there = (int)
                    files.entries().values().stream().filter(FileEntry::isFile).count();
            return new Figures(
                    new TreeMap<>(waiting),
                    new TreeMap<>(failed),
                    new TreeMap<>(skipped),
                    alignment.wanted().size(),
                    there,
                    files.entries().size() - there,
                    renewal.done(),
                    renewal.left());
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
            return renewal.left() > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Has all files that are here get other keys. */
    void renewAll() {
        lock.lock();
        try {
            renewal.renewAll(applied.values());
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
            for (String path : held.all().keySet()) {
                files += held.remove(path) ? 1 : 0;
            }
            held.sweep(id -> false);
            disk.delete(MARKER + marker);
            if (disk.stat("") != null) {
                disk.force("");
            }
            // Last, for it says what there is to delete.
            stateFile.delete();
            return files;
        } finally {
            lock.unlock();
        }
    }

    private void noteWritten(Map<String, DropSealer.Sealed> sealed, String generation) {
        // A renamed file keeps what is known of it.
        Map<String, FileEntry.Content> known = new HashMap<>();
        applied.values().forEach(entry -> known.put(entry.content().id(), entry.content()));
        for (Map.Entry<String, VaultFiles.Held> each : new TreeMap<>(held.all()).entrySet()) {
            String path = each.getKey();
            String id = each.getValue().id();
            FileEntry basis = applied.get(path);
            if (basis != null && basis.content().id().equals(id)) {
                continue;
            }
            DropSealer.Sealed fresh = sealed.get(path);
            VaultDisk.Stat stat = each.getValue().stat();
            FileEntry.Content content = fresh == null
                    ? known.containsKey(id) ? known.get(id) : unknownContent(path, id, stat)
                    : new FileEntry.Content(
                            id,
                            stat.size(),
                            fresh.mode(),
                            fresh.modifiedNanos(),
                            newDocument(),
                            generation,
                            fresh.payload());
            try {
                applied.put(path, files.write(path, content, basis, clock.millis()));
            } catch (IllegalArgumentException e) {
                log.warn("a file of a lockbox stays on this machine: {}", e.getMessage());
            }
        }
    }

    private FileEntry.Content unknownContent(String path, String id, VaultDisk.Stat stat) {
        String payload = FileEntry.Content.UNKNOWN_PAYLOAD;
        try (InputStream source = disk.read(path)) {
            payload = AgeFile.payloadOf(source);
        } catch (IOException e) {
            log.debug("the header of a user's own age file was not read: {}", e.getMessage());
        }
        return new FileEntry.Content(
                id,
                stat.size(),
                0600,
                stat.modifiedNanos(),
                newDocument(),
                FileEntry.Content.UNKNOWN_GENERATION,
                payload);
    }

    private String newDocument() {
        byte[] document = new byte[FileEntry.Content.DOCUMENT_DIGITS / 2];
        random.nextBytes(document);
        return HexFormat.of().formatHex(document);
    }

    /** Gives some files other keys; see {@link KeyRenewal}. */
    private void renew(Set<Recipient> recipients, @Nullable AgeIdentity key) throws IOException {
        List<KeyRenewal.Task> tasks;
        lock.lock();
        try {
            List<FileEntry> current = applied.values().stream()
                    .filter(entry -> entry.isFile() && entry.equals(files.get(entry.path())))
                    .toList();
            tasks = renewal.next(current, recipients);
        } finally {
            lock.unlock();
        }
        if (key != null && !tasks.isEmpty()) {
            tasks.forEach(task -> renew(task, recipients, key));
            // The set, which is on disk next, says that these contents are here.
            held.forceReady();
        }
    }

    private void renew(KeyRenewal.Task task, Set<Recipient> recipients, AgeIdentity key) {
        FileEntry entry = task.entry();
        FileEntry.Content was = entry.content();
        try {
            VaultFiles.Held there = held.at(entry.path());
            if (there == null || !there.stat().equals(disk.stat(entry.path()))) {
                return;
            }
            VaultFiles.Made made = held.make(
                    entry.path(),
                    (source, target) -> task.withPayload()
                            ? age.reencrypt(source, target, key, recipients)
                            : age.rewrap(source, target, key, recipients));
            replace(entry, contentOf(made, was.mode(), was.modifiedNanos(), was.document(), recipients));
        } catch (AgeException e) {
            log.debug("a file of a lockbox is left to another machine to give other keys: {}", e.getMessage());
            renewal.leave(was.id());
        } catch (IOException e) {
            log.warn(
                    "a file of a lockbox could not be given other keys, trying again: {}",
                    e.getClass().getSimpleName());
        }
    }

    private static FileEntry.Content contentOf(
            VaultFiles.Made made, int mode, long modifiedNanos, String document, Set<Recipient> recipients) {
        return new FileEntry.Content(
                made.id(), made.size(), mode, modifiedNanos, document, Generations.of(recipients), made.payload());
    }

    private void replace(FileEntry entry, FileEntry.Content renewed) {
        lock.lock();
        try {
            if (entry.equals(files.get(entry.path()))) {
                files.write(entry.path(), renewed, entry, clock.millis());
                renewal.countDone();
            }
        } finally {
            lock.unlock();
        }
    }

    private void noteDeleted(VaultScan scan) {
        for (FileEntry each : List.copyOf(applied.values())) {
            String path = each.path();
            boolean hidden =
                    scan.skipped().keySet().stream().anyMatch(dir -> path.equals(dir) || path.startsWith(dir + "/"));
            if (each.isFile() && held.at(path) == null && !hidden) {
                applied.put(path, files.delete(path, each, clock.millis()));
            }
        }
    }

    /** Whether the directory is not the one that the state is about: lost with its disk, say, or not mounted. */
    private boolean isReplaced() throws IOException {
        boolean replaced = !marker.isEmpty() && disk.stat(MARKER + marker) == null;
        if (replaced) {
            log.warn("a lockbox is another directory than it was; its files come back from the user's other machines");
            applied.clear();
        }
        if (replaced || marker.isEmpty()) {
            marker = Long.toHexString(random.nextLong());
            disk.makeDirectory(VaultNames.WORK);
            disk.create(MARKER + marker).close();
        }
        return replaced;
    }

    private void load() throws IOException {
        lock.lock();
        try {
            if (loaded) {
                return;
            }
            PrivateFiles.createDirectories(stateDirectory);
            BoxState state = stateFile.read();
            marker = state.marker();
            files.restore(state.entries(), clock.millis());
            state.applied().forEach(entry -> applied.put(entry.path(), entry));
            held.restore(state.held());
            renewal.restore(state.renewal());
            loaded = true;
        } finally {
            lock.unlock();
        }
    }

    private void save() throws IOException {
        BoxState state = new BoxState(
                marker,
                List.copyOf(files.entries().values()),
                List.copyOf(new TreeMap<>(applied).values()),
                held.all(),
                renewal.memory());
        stateFile.save(state);
    }
}
