package dev.swarm.filecast;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.lifecycle.SeedLedger;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.EntryFate;
import dev.swarm.peer.PeerId;
import dev.swarm.subsystem.SubsystemContext;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one scan of the seed directory learns of what this node published. Used by one thread. */
final class OwnSeeds implements SeedLedger.Store {

    private static final Logger log = LoggerFactory.getLogger(OwnSeeds.class);

    private final SubsystemContext node;
    private final boolean heard;
    private final Set<BlobId> lost = new HashSet<>();

    /** @param heard whether neighbours had time to tell what became of entries that are not here */
    OwnSeeds(SubsystemContext node, boolean heard) {
        this.node = node;
        this.heard = heard;
    }

    /**
     * An entry that is not here counts as active until neighbours were heard: published again before one tells that an operator has
     * ended it meanwhile, it would be newer than that.
     */
    @Override
    public EntryFate fate(BlobId blob) {
        EntryFate fate = node.ownFate(blob);
        if (fate != EntryFate.UNKNOWN) {
            return fate;
        }
        if (!heard) {
            return EntryFate.ACTIVE;
        }
        lost.add(blob);
        return fate;
    }

    @Override
    public boolean isHere(BlobId blob) {
        return isHeld(node, blob);
    }

    /** Whether a blob is complete in the store. */
    static boolean isHeld(SubsystemContext node, BlobId blob) {
        try {
            BlobCache.Holding holding = node.blobs().holding(blob);
            return holding != null && holding.complete();
        } catch (IOException e) {
            log.warn("cannot look for blob {}: {}", blob, e.toString());
            return false;
        }
    }

    /** Says whose entries there are of what was published again: what a node published by another name it cannot end. */
    void tellOfOthers() {
        Set<PeerId> others = new TreeSet<>();
        for (BlobId blob : lost) {
            BlobView view = node.blob(blob);
            if (view != null && view.activeEntryOf(node.self()) != null) {
                view.activeEntries().forEach(each -> others.add(each.entry().author()));
            }
        }
        others.remove(node.self());
        if (!others.isEmpty()) {
            log.warn(
                    "seeds of which {} had no entry are published again, and there are entries of them by {}; if that was the name of this"
                            + " node, have an operator revoke them once they are to end",
                    node.self(),
                    others);
        }
    }
}
