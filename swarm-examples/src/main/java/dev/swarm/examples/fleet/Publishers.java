package dev.swarm.examples.fleet;

import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import java.util.List;

/** Whose entries keep a blob active. */
public final class Publishers {

    private Publishers() {}

    /** Their host names in order, none if the blob is not active. Waits for the node. */
    public static List<String> of(SwarmNode node, BlobId blob) {
        return node.blobs().stream()
                .filter(view -> view.blob().equals(blob))
                .flatMap(view -> view.activeEntries().stream())
                .map(entry -> entry.entry().author().host())
                .sorted()
                .toList();
    }
}
