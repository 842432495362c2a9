package dev.swarm.node;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who gave which chunk of one blob, and how long it took. Confined. */
final class SourceLedger {

    /** The source of chunks that were on disk before the transfer started. */
    static final String CACHED = "cached";

    private final BlobLayout layout;
    private final LeafSet here;
    private final @Nullable String[] sources;
    private final long[] firstLeafAt;
    private final int[] millis;
    private final long startedAt;

    SourceLedger(BlobLayout layout, LeafSet held, long now) {
        this.layout = layout;
        this.here = held.copy();
        this.sources = new String[layout.chunkCount()];
        this.firstLeafAt = new long[layout.chunkCount()];
        this.millis = new int[layout.chunkCount()];
        this.startedAt = now;
        for (int chunk = 0; chunk < layout.chunkCount(); chunk++) {
            if (isFull(chunk)) {
                sources[chunk] = CACHED;
            }
        }
    }

    /** Whether the leaf completed its chunk. A chunk counts for the peer that gave its last leaf. */
    boolean stored(int leaf, PeerAddress source, long now) {
        int chunk = BlobLayout.chunkOfLeaf(leaf);
        if (!here.add(leaf)) {
            return false;
        }
        if (firstLeafAt[chunk] == 0) {
            firstLeafAt[chunk] = now;
        }
        if (!isFull(chunk)) {
            return false;
        }
        sources[chunk] = source.toString();
        millis[chunk] = (int) ((now - firstLeafAt[chunk]) / 1_000_000);
        return true;
    }

    SourceReport report(long now, TransferPace pace) {
        Map<String, Integer> counts = new TreeMap<>();
        List<SourceReport.ChunkDetail> details = new ArrayList<>();
        for (int chunk = 0; chunk < sources.length; chunk++) {
            String source = sources[chunk];
            if (source != null) {
                counts.merge(source, 1, Integer::sum);
                details.add(new SourceReport.ChunkDetail(chunk, source, millis[chunk]));
            }
        }
        return new SourceReport(new LinkedHashMap<>(counts), details, (now - startedAt) / 1_000_000, pace);
    }

    private boolean isFull(int chunk) {
        return here.containsRange(layout.firstLeafOfChunk(chunk), layout.firstLeafOfChunk(chunk + 1));
    }
}
