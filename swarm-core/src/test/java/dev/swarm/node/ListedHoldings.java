package dev.swarm.node;

import dev.swarm.blob.BlobId;
import dev.swarm.peer.Announcement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a list says is here. */
record ListedHoldings(List<Announcement.Holding> all) implements Announcer.Holdings {

    @Override
    public Announcement.@Nullable Holding of(BlobId blob) {
        return all.stream()
                .filter(holding -> holding.blob().equals(blob))
                .findFirst()
                .orElse(null);
    }
}
