package dev.swarm.filecast;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobMissingException;
import dev.swarm.blob.Label;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.subsystem.SubsystemContext;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The links of {@code files/}: each label leads to the blob that has it, once that is here. A blob may have several, one from each
 * author. Safe for many threads.
 */
final class FileLinks {

    private static final Logger log = LoggerFactory.getLogger(FileLinks.class);

    private final SubsystemContext node;

    /**
     * The labels by which blobs may be linked: those that their authors gave them when they were last looked at, and what was linked since.
     * Authors may give them others between any two looks.
     */
    private final Map<BlobId, Set<Label>> labels = new ConcurrentHashMap<>();

    /** Labels that could not be linked for a reason that may go away, as a full disk. */
    private final Set<Label> unlinked = ConcurrentHashMap.newKeySet();

    FileLinks(SubsystemContext node) {
        this.node = node;
    }

    /** Links every active blob that is here, and remembers what an earlier run linked, less what leads nowhere. */
    void linkHeld() {
        try {
            node.blobs().links().forEach((label, blob) -> remember(blob, Set.of(label)));
        } catch (IOException e) {
            log.warn("links that lead nowhere may stay, their directory cannot be read: {}", e.toString());
        }
        link(node.entries().stream().filter(BlobView::isActive).toList());
    }

    /** Links blobs that have come. */
    void link(Collection<BlobView> blobs) {
        Set<Label> all = new HashSet<>();
        for (BlobView view : blobs) {
            Set<Label> names = labelsOf(view.activeEntries());
            remember(view.blob(), names);
            all.addAll(names);
        }
        linkOwners(all, null);
    }

    /** Links a blob that this node published. */
    void linkPublished(BlobId blob, Label label) {
        remember(blob, Set.of(label));
        linkOwners(Set.of(label), null);
    }

    /** Takes its labels away from a blob that has ended, here or for all, and gives them to whom they belong now. */
    void unlink(BlobView ended) {
        remember(ended.blob(), labelsOf(ended.entries()));
        unlink(ended.blob());
    }

    /** Takes its labels away from a blob that is not here any more. */
    void unlink(BlobId gone) {
        Set<Label> linked = labels.remove(gone);
        if (linked != null) {
            unlink(linked, gone);
        }
    }

    /**
     * Follows entries whose labels are others than before, as after their author renamed a seed, and those that ended unseen; links
     * what could not be linked.
     */
    void follow() {
        linkAgain();
        Set<BlobId> active = new HashSet<>();
        for (BlobView view : node.entries()) {
            if (view.isActive()) {
                active.add(view.blob());
                Set<Label> names = labelsOf(view.activeEntries());
                Set<Label> before = labels.putIfAbsent(view.blob(), names);
                if (before != null && !before.equals(names)) {
                    follow(view.blob());
                }
            }
        }
        for (BlobId blob : labels.keySet()) {
            if (!active.contains(blob)) {
                follow(blob);
            }
        }
    }

    private void linkAgain() {
        if (!unlinked.isEmpty()) {
            Set<Label> again = Set.copyOf(unlinked);
            unlinked.retainAll(node.ownersOf(again).keySet());
            linkOwners(again, null);
        }
    }

    /** Compares with what is said of a blob now: what was seen a moment ago may be older than what was linked since. */
    private void follow(BlobId blob) {
        BlobView view = node.blob(blob);
        if (view == null) {
            // Nobody has told of it yet, as after the loss of the manifest; its links stay.
            return;
        }
        if (!view.isActive()) {
            unlink(blob);
            return;
        }
        Set<Label> names = labelsOf(view.activeEntries());
        Set<Label> before = labels.put(blob, names);
        if (before != null) {
            Set<Label> gone = new HashSet<>(before);
            gone.removeAll(names);
            unlink(gone, blob);
            linkOwners(names, null);
        }
    }

    private void remember(BlobId blob, Set<Label> more) {
        labels.merge(
                blob,
                more,
                (known, added) -> known.containsAll(added)
                        ? known
                        : Stream.concat(known.stream(), added.stream()).collect(Collectors.toUnmodifiableSet()));
    }

    private static Set<Label> labelsOf(List<VerifiedEntry> entries) {
        return entries.size() == 1
                ? Set.of(entries.get(0).entry().label())
                : entries.stream()
                        .map(VerifiedEntry::entry)
                        .filter(entry -> entry.channel().equals(Filecast.NAME))
                        .map(ManifestEntry::label)
                        .collect(Collectors.toUnmodifiableSet());
    }

    private void unlink(Collection<Label> linked, BlobId blob) {
        Set<Label> free = new HashSet<>();
        for (Label label : linked) {
            try {
                if (node.blobs().unlink(label, blob)) {
                    free.add(label);
                }
            } catch (IOException e) {
                log.warn("cannot unlink {} from blob {}: {}", label, blob, e.toString());
            }
        }
        linkOwners(free, blob);
    }

    /**
     * Links for each label the blob that has it, if it is here; a link to an older one stays until then.
     *
     * @param except a blob that is not to be linked: it may be here for a moment yet
     */
    private void linkOwners(Collection<Label> owned, @Nullable BlobId except) {
        if (owned.isEmpty()) {
            return;
        }
        node.ownersOf(owned).forEach((label, owner) -> {
            if (owner.equals(except)) {
                return;
            }
            try {
                node.blobs().link(label, owner);
                unlinked.remove(label);
            } catch (BlobMissingException e) {
                unlinked.remove(label);
                log.debug("{} is linked when blob {} is here", label, owner);
            } catch (IOException e) {
                if (unlinked.add(label)) {
                    log.warn("cannot link {} to blob {}, which is tried again: {}", label, owner, e.toString());
                }
            }
        });
    }
}
