package dev.swarm.lockbox.set;

import dev.swarm.crdt.HybridClock;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.crdt.LwwMap;
import dev.swarm.lockbox.vault.ChangeLog;
import dev.swarm.lockbox.vault.VaultNames;
import dev.swarm.peer.PeerId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The files of one user's lockbox. Confined to one thread at a time.
 *
 * <p>The last change of a name stays, by hybrid time, so copies that saw the same changes agree. A change that was made without
 * knowledge of the one it meets loses nothing: of two edits the earlier one gets a name of its own, and a deletion gives way to an
 * edit. Both follow from the two changes alone, so every machine that sees them comes to the same entries, and a machine that sees
 * neither receives those.
 */
public final class FileSet {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final PeerId self;
    private final HybridClock clock = new HybridClock();
    private final LwwMap<String, FileEntry> entries = new LwwMap<>(FileEntry.LATER);
    private final ChangeLog changes = new ChangeLog();
    private final SetDigest digest = new SetDigest();
    private HybridTimestamp horizon = HybridTimestamp.ZERO;

    /** An empty set on a machine. */
    public FileSet(PeerId self) {
        this.self = self;
    }

    /** Every name that is or was, with its last change. A live view. */
    public NavigableMap<String, FileEntry> entries() {
        return entries.view();
    }

    /** The entry of a name, or null if it never was one. */
    public @Nullable FileEntry get(String path) {
        return entries.get(path);
    }

    /** Takes in what an earlier run of this machine had; trusted, but for a clock that was ahead. */
    public void restore(Collection<FileEntry> kept, long nowMillis) {
        for (FileEntry entry : kept) {
            put(entry);
            if (clock.admits(entry.stamp(), nowMillis)) {
                clock.restore(entry.stamp());
            }
        }
    }

    /**
     * Notes that this machine's user made or changed a file.
     *
     * @param basis what they changed; null if nothing of that name ever was on this machine. Not always the last change of the
     *     name: one that came in meanwhile they have not seen
     */
    public FileEntry write(String path, FileEntry.Content content, @Nullable FileEntry basis, long nowMillis) {
        return change(path, FileEntry.State.FILE, content, basis, nowMillis);
    }

    /** Notes that this machine's user made a directory, or changed its permissions; {@code basis} as of {@link #write}. */
    public FileEntry makeDirectory(String path, int mode, @Nullable FileEntry basis, long nowMillis) {
        return change(path, FileEntry.State.DIRECTORY, FileEntry.Content.ofDirectory(mode), basis, nowMillis);
    }

    /** Notes that this machine's user deleted a file, which was {@code basis}. */
    public FileEntry delete(String path, FileEntry basis, long nowMillis) {
        return change(path, FileEntry.State.GONE, FileEntry.Content.NONE, basis, nowMillis);
    }

    /** Notes that no machine has the content of a file, of which {@code basis} told. */
    public FileEntry giveUp(String path, FileEntry basis, long nowMillis) {
        return change(path, FileEntry.State.LOST, FileEntry.Content.NONE, basis, nowMillis);
    }

    /**
     * Takes in changes of others.
     *
     * @return how many were left out because their time is too far ahead; they may be offered again
     */
    public int merge(Collection<FileEntry> offered, long nowMillis) {
        int refused = 0;
        for (FileEntry entry : offered) {
            if (clock.observe(entry.stamp(), nowMillis)) {
                merge(entry);
            } else {
                refused++;
            }
        }
        return refused;
    }

    /** The number of the last change on this machine; each has a greater one than those before. */
    public long lastChange() {
        return changes.last();
    }

    /** Names that changed on this machine after {@code change}. */
    public List<String> pathsChangedAfter(long change) {
        return changes.after(change);
    }

    /**
     * Entries that changed on this machine after {@code change}, in the order of their changes.
     *
     * @param max most entries given
     */
    public NavigableMap<Long, FileEntry> changedAfter(long change, int max) {
        NavigableMap<Long, FileEntry> changed = new TreeMap<>();
        for (Map.Entry<Long, String> each : changes.tail(change).entrySet()) {
            FileEntry entry = entries.get(each.getValue());
            if (entry != null) {
                changed.put(each.getKey(), entry);
            }
            if (changed.size() == max) {
                break;
            }
        }
        return changed;
    }

    /** The latest change that was seen, or made here. */
    public HybridTimestamp latest() {
        return clock.last();
    }

    /** Has changes made here come after one that an earlier run had seen. */
    public void restoreLatest(HybridTimestamp seen, long nowMillis) {
        if (clock.admits(seen, nowMillis)) {
            clock.restore(seen);
        }
    }

    /** Deletions up to this one may be forgotten by some; they are not in the digest, and not taken from others any more. */
    public HybridTimestamp horizon() {
        return horizon;
    }

    /** Moves the horizon, never back. */
    public void raiseHorizon(HybridTimestamp to) {
        if (!to.isAfter(horizon)) {
            return;
        }
        for (FileEntry entry : entries.view().values()) {
            if (entry.isGone() && counts(entry) && !entry.stamp().isAfter(to)) {
                digest.toggle(entry);
            }
        }
        horizon = to;
    }

    /** Forgets a name, which is no change that others hear of. */
    public void forget(String path) {
        FileEntry old = entries.remove(path);
        if (old != null) {
            toggle(old);
            changes.note(path);
        }
    }

    /** The number of the last change of a name on this machine. */
    public long changeOf(String path) {
        return changes.of(path);
    }

    /** Over everything that counts; equal for equal sets. */
    public byte[] digest() {
        return digest.value();
    }

    private FileEntry change(
            String path, FileEntry.State state, FileEntry.Content content, @Nullable FileEntry basis, long nowMillis) {
        HybridTimestamp stamp = clock.next(nowMillis);
        NavigableMap<PeerId, HybridTimestamp> versions = new TreeMap<>();
        if (basis != null) {
            versions.putAll(basis.versions());
        }
        versions.put(self, stamp);
        FileEntry entry = new FileEntry(path, state, content, self, stamp, versions);
        FileEntry here = entries.get(path);
        merge(entry);
        // This machine's own change may be unseen too: a copy that was derived and not yet put in place, or one that a
        // crash undid.
        if (here != null && entry.follows(here) && (basis == null || !basis.follows(here))) {
            derive(entry, here);
        }
        return entry;
    }

    private void merge(FileEntry offered) {
        FileEntry here = entries.get(offered.path());
        put(offered);
        if (here == null || here.follows(offered) || offered.follows(here)) {
            return;
        }
        boolean hereWins = FileEntry.LATER.compare(here, offered) > 0;
        derive(hereWins ? here : offered, hereWins ? offered : here);
    }

    /** Keeps what would be lost of a change to one that did not know of it. */
    private void derive(FileEntry winner, FileEntry loser) {
        if (loser.isGone() || (loser.isDirectory() && !winner.isGone())) {
            return;
        }
        if (loser.isFile()
                && winner.isFile()
                && (loser.content().document().equals(winner.content().document())
                        || loser.content().id().equals(winner.content().id()))) {
            return;
        }
        FileEntry derived = winner.isGone() ? revived(winner, loser) : conflictCopy(loser);
        // What is changed here next has to come after it.
        clock.restore(derived.stamp());
        merge(derived);
    }

    private void put(FileEntry entry) {
        FileEntry here = entries.get(entry.path());
        if (here == null && !counts(entry)) {
            return;
        }
        if (entries.merge(entry.path(), entry)) {
            if (here != null) {
                toggle(here);
            }
            toggle(entry);
            changes.note(entry.path());
        }
    }

    private void toggle(FileEntry entry) {
        if (counts(entry)) {
            digest.toggle(entry);
        }
    }

    private boolean counts(FileEntry entry) {
        return !entry.isGone() || entry.stamp().isAfter(horizon);
    }

    /** An edit, after a deletion that did not know of it. */
    private static FileEntry revived(FileEntry gone, FileEntry edit) {
        NavigableMap<PeerId, HybridTimestamp> versions = new TreeMap<>(gone.versions());
        edit.versions().forEach((host, stamp) -> versions.merge(host, stamp, HybridTimestamp::max));
        HybridTimestamp stamp = new HybridTimestamp(gone.stamp().packed() + 1);
        return new FileEntry(edit.path(), edit.state(), edit.content(), edit.origin(), stamp, versions);
    }

    /** Named by when its content was written, so that it is the same copy whichever change it lost to. */
    private static FileEntry conflictCopy(FileEntry loser) {
        HybridTimestamp written = loser.versions().getOrDefault(loser.origin(), loser.stamp());
        return new FileEntry(
                conflictPath(loser, written),
                FileEntry.State.FILE,
                loser.content(),
                loser.origin(),
                written,
                new TreeMap<>(Map.of(loser.origin(), written)));
    }

    private static String conflictPath(FileEntry loser, HybridTimestamp written) {
        String name = VaultNames.name(loser.path());
        String base = name.substring(0, name.length() - VaultNames.SEALED.length());
        String host = loser.origin().host();
        String ending = ".conflict-" + host.substring(0, Math.min(host.length(), 64)) + "-"
                + TIME.format(Instant.ofEpochMilli(written.epochMillis())) + VaultNames.SEALED;
        return VaultNames.in(VaultNames.parent(loser.path()), VaultNames.withEnding(base, ending));
    }
}
