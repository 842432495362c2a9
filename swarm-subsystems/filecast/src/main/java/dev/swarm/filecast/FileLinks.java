package dev.swarm.filecast;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.BlobMissingException;
import dev.swarm.blob.Label;
import dev.swarm.manifest.BlobView;
import dev.swarm.subsystem.SubsystemContext;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The links of {@code files/}: each label leads to the blob that has it, once that is here. Safe for many threads. */
final class FileLinks {

    private static final Logger log = LoggerFactory.getLogger(FileLinks.class);

    private final SubsystemContext node;

    /** The label by which each active blob was last linked or seen: an author may give it another one between any two looks. */
    private final Map<BlobId, Label> labels = new ConcurrentHashMap<>();

    FileLinks(SubsystemContext node) {
        this.node = node;
    }

    /** Links every active blob that is here. */
    void linkHeld() {
        link(node.entries().stream().filter(BlobView::isActive).toList());
    }

    /** Links blobs that have come. */
    void link(Collection<BlobView> blobs) {
        for (BlobView view : blobs) {
            labels.put(view.blob(), view.label());
        }
        linkOwners(blobs.stream().map(BlobView::label).collect(Collectors.toSet()));
    }

    /** Links a blob that this node published. */
    void linkPublished(BlobId blob, Label label) {
        labels.put(blob, label);
        linkOwners(Set.of(label));
    }

    /** Takes its label away from a blob that has ended and gives it to whom it belongs now. */
    void unlink(BlobView ended) {
        labels.remove(ended.blob());
        unlink(ended.label(), ended.blob());
    }

    /** Follows entries whose label is another than before, as after their author renamed a seed. */
    void follow() {
        Set<BlobId> active = new HashSet<>();
        for (BlobView view : node.entries()) {
            if (view.isActive()) {
                active.add(view.blob());
                Label before = labels.put(view.blob(), view.label());
                if (before != null && !before.equals(view.label())) {
                    unlink(before, view.blob());
                    linkOwners(Set.of(view.label()));
                }
            }
        }
        labels.keySet().removeIf(blob -> !active.contains(blob) && !isActive(blob));
    }

    /** Whether an entry that was not among those looked at is there by now. */
    private boolean isActive(BlobId blob) {
        BlobView view = node.blob(blob);
        return view != null && view.isActive();
    }

    private void unlink(Label label, BlobId blob) {
        try {
            if (node.blobs().unlink(label, blob)) {
                linkOwners(List.of(label));
            }
        } catch (IOException e) {
            log.warn("cannot unlink {} from blob {}: {}", label, blob, e.toString());
        }
    }

    /** Links for each label the blob that has it, if it is here; a link to an older one stays until then. */
    private void linkOwners(Collection<Label> owned) {
        node.ownersOf(owned).forEach((label, owner) -> {
            try {
                node.blobs().link(label, owner);
            } catch (BlobMissingException e) {
                log.debug("{} is linked when blob {} is here", label, owner);
            } catch (IOException e) {
                log.warn("cannot link {} to blob {}: {}", label, owner, e.toString());
            }
        });
    }
}
