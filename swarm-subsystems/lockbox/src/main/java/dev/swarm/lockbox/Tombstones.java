package dev.swarm.lockbox;

import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.lockbox.set.FileEntry;
import dev.swarm.peer.PeerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets deletions that every machine of the user has known for {@link #KEPT}.
 *
 * <p>What was forgotten last is the horizon, and machines tell it to each other: deletions up to it do not count when sets are compared.
 * A machine whose last agreement with any other is older than a horizon it hears of has a set that may have names which were deleted
 * and forgotten. It asserts none of what it had then: it forgets that itself, takes over what the others have, and deletes what it has
 * on disk beyond that once they agree. What its user changed since, it keeps. Guarded by the lock of its box.
 */
final class Tombstones {

    /** As long as revocations stay in the manifest: a machine comes back from a holiday without being told apart. */
    static final Duration KEPT = Duration.ofDays(7);

    private static final Logger log = LoggerFactory.getLogger(Tombstones.class);

    private final BoxIndex index;
    private final Map<PeerId, Long> acknowledged = new HashMap<>();

    /**
     * Since when all machines know of a deletion.
     *
     * @param stamp of the deletion
     * @param millis from the epoch, by this machine's clock
     */
    record Known(HybridTimestamp stamp, long millis) {}

    Tombstones(BoxIndex index) {
        this.index = index;
    }

    /**
     * Hears how another machine stands.
     *
     * @return whether this machine's set was older than what the other has forgotten, and asserts nothing of it from now on
     */
    boolean hear(SyncFrames.Standing theirs, long nowMillis) {
        HybridTimestamp heard = theirs.horizon();
        // Nobody forgets earlier; a wrong clock is not to make others give up what they know.
        if (heard.epochMillis() > nowMillis - KEPT.toMillis() + 60_000) {
            return false;
        }
        boolean stale = index.agreedAt.isBefore(heard);
        if (stale) {
            log.warn("a lockbox was away for longer than deletions are remembered; it takes over what the others have");
            for (FileEntry entry : List.copyOf(index.files.entries().values())) {
                if (!entry.stamp().isAfter(index.agreedAt)) {
                    index.files.forget(entry.path());
                }
            }
            index.adopting = true;
            index.agreedAt = heard;
        }
        index.files.raiseHorizon(heard);
        return stale;
    }

    /** Whether changes of another machine count: its set is not older than what is forgotten here. */
    boolean mayTell(SyncFrames.Standing theirs) {
        return !theirs.agreedAt().isBefore(index.files.horizon());
    }

    /**
     * Notes it if a machine has the same set, and knows it.
     *
     * @return the number of this machine's last change; -1 if the sets differ
     */
    long agree(PeerId device, SyncFrames.Standing theirs, SyncFrames.Standing ours) {
        if (theirs.adopting() || !theirs.digest().equals(ours.digest())) {
            return -1;
        }
        long change = index.files.lastChange();
        acknowledged.merge(device, change, Math::max);
        index.agreedAt = HybridTimestamp.max(index.agreedAt, index.files.latest());
        if (index.adopting) {
            index.adopting = false;
            index.adopted = true;
        }
        return change;
    }

    /**
     * Forgets deletions whose time has come.
     *
     * @param others the user's other machines
     */
    void prune(Collection<PeerId> others, long nowMillis) {
        acknowledged.keySet().retainAll(others);
        long byAll = Long.MAX_VALUE;
        for (PeerId each : others) {
            byAll = Math.min(byAll, acknowledged.getOrDefault(each, 0L));
        }
        List<FileEntry> due = new ArrayList<>();
        for (FileEntry entry : index.files.entries().values()) {
            if (isKnown(entry, byAll) && isDue(entry, nowMillis)) {
                due.add(entry);
            }
        }
        for (String path : List.copyOf(index.known.keySet())) {
            if (!isGone(index.files.get(path))) {
                index.known.remove(path);
            }
        }
        for (FileEntry entry : due) {
            index.files.raiseHorizon(entry.stamp());
            index.agreedAt = HybridTimestamp.max(index.agreedAt, entry.stamp());
            index.files.forget(entry.path());
            index.applied.remove(entry.path());
            index.known.remove(entry.path());
        }
    }

    private boolean isKnown(FileEntry entry, long byAll) {
        if (!isGone(entry) || !entry.equals(index.applied.get(entry.path()))) {
            return false;
        }
        Known known = index.known.get(entry.path());
        return (known != null && known.stamp().equals(entry.stamp())) || index.files.changeOf(entry.path()) <= byAll;
    }

    private static boolean isGone(@Nullable FileEntry entry) {
        return entry != null && entry.isGone();
    }

    private boolean isDue(FileEntry entry, long nowMillis) {
        Known known = index.known.get(entry.path());
        if (known == null || !known.stamp().equals(entry.stamp())) {
            index.putKnown(entry.path(), new Known(entry.stamp(), nowMillis));
            return false;
        }
        return nowMillis - known.millis() >= KEPT.toMillis();
    }
}
