package dev.swarm.node;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.LeafSet;
import dev.swarm.peer.PeerAddress;
import java.util.ArrayList;
import java.util.HashMap;
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

    /** Of each leaf, the place of its source in {@link #names}; 0 of those that were here before. */
    private final short[] givers;

    private final List<String> names = new ArrayList<>(List.of(CACHED));
    private final Map<PeerAddress, Short> places = new HashMap<>();
    private final @Nullable String[] sources;
    private final long[] firstLeafAt;
    private final int[] millis;
    private final long startedAt;

    SourceLedger(BlobLayout layout, LeafSet held, long now) {
        this.layout = layout;
        this.here = held.copy();
        this.givers = new short[layout.leafCount()];
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

    /**
     * Whether the leaf completed its chunk. A chunk counts for whoever gave most of the leaves that came in this run, of two for who gave
     * the last.
     */
    boolean stored(int leaf, PeerAddress source, long now) {
        int chunk = BlobLayout.chunkOfLeaf(leaf);
        if (!here.add(leaf)) {
            return false;
        }
        givers[leaf] = place(source);
        if (firstLeafAt[chunk] == 0) {
            firstLeafAt[chunk] = now;
        }
        if (!isFull(chunk)) {
            return false;
        }
        sources[chunk] = names.get(mostOf(chunk, givers[leaf]));
        millis[chunk] = (int) ((now - firstLeafAt[chunk]) / 1_000_000);
        return true;
    }

    private short place(PeerAddress source) {
        Short known = places.get(source);
        if (known != null) {
            return known;
        }
        if (names.size() > Short.MAX_VALUE) {
            return Short.MAX_VALUE;
        }
        short place = (short) names.size();
        names.add(source.toString());
        places.put(source, place);
        return place;
    }

    private short mostOf(int chunk, short last) {
        short most = last;
        int mostLeaves = leavesOf(chunk, last);
        for (int leaf = layout.firstLeafOfChunk(chunk); leaf < layout.firstLeafOfChunk(chunk + 1); leaf++) {
            int leaves = givers[leaf] == 0 ? 0 : leavesOf(chunk, givers[leaf]);
            if (leaves > mostLeaves) {
                most = givers[leaf];
                mostLeaves = leaves;
            }
        }
        return most;
    }

    private int leavesOf(int chunk, short place) {
        int count = 0;
        for (int leaf = layout.firstLeafOfChunk(chunk); leaf < layout.firstLeafOfChunk(chunk + 1); leaf++) {
            count += givers[leaf] == place ? 1 : 0;
        }
        return count;
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
