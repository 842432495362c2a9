package dev.swarm.manifest;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.crdt.LwwMap;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The entries of one blob by author, and their join. Confined to the manifest's thread. */
final class Columns {

    private static final Comparator<VerifiedEntry> ORDER =
            Comparator.comparing(VerifiedEntry::signed, SignedEntry.ORDER);

    private final BlobId blob;
    private final LwwMap<PeerId, VerifiedEntry> byAuthor = new LwwMap<>(ORDER);
    private @Nullable BlobView view;

    Columns(BlobId blob) {
        this.blob = blob;
    }

    boolean merge(VerifiedEntry entry) {
        boolean changed = byAuthor.merge(entry.entry().author(), entry);
        if (changed) {
            view = null;
        }
        return changed;
    }

    void remove(PeerId author) {
        byAuthor.remove(author);
        view = null;
    }

    @Nullable
    VerifiedEntry get(PeerId author) {
        return byAuthor.get(author);
    }

    boolean isEmpty() {
        return byAuthor.size() == 0;
    }

    Collection<VerifiedEntry> entries() {
        return byAuthor.view().values();
    }

    /** The join of the entries, of which there is at least one; operators' come first in it. */
    BlobView view() {
        BlobView present = view;
        if (present == null) {
            present = BlobView.of(blob, entries());
            view = present;
        }
        return present;
    }

    /** Up to when operators other than {@code author} have ended entries of the blob, by their words from before a time. */
    HybridTimestamp endedUpTo(@Nullable PeerId author, HybridTimestamp before) {
        HybridTimestamp latest = HybridTimestamp.ZERO;
        for (VerifiedEntry entry : view().entries()) {
            if (!entry.isByOperator()) {
                return latest;
            }
            HybridTimestamp upTo = entry.entry().endsOthersUpTo();
            if (!entry.entry().author().equals(author) && upTo.isBefore(before)) {
                latest = HybridTimestamp.max(latest, upTo);
            }
        }
        return latest;
    }

    /** The entries that are over and whose end came before a time. */
    List<VerifiedEntry> overSince(HybridTimestamp time) {
        List<VerifiedEntry> over = new ArrayList<>();
        for (VerifiedEntry entry : entries()) {
            ManifestEntry content = entry.entry();
            boolean isOver = content.state() == EntryState.ACTIVE
                    ? !content.clock().isAfter(endedUpTo(content.author(), time))
                    : !BlobView.isBan(entry) && content.clock().isBefore(time);
            if (isOver) {
                over.add(entry);
            }
        }
        return over;
    }
}
