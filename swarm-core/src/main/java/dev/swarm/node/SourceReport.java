package dev.swarm.node;

import java.util.List;
import java.util.Map;

/**
 * How a blob was received. Immutable.
 *
 * @param chunksBySource how many chunks came from each peer address; {@code cached} for those that were here before
 * @param chunks every chunk that is here, in order
 * @param activeMillis how long the transfer has run
 * @param pace how near that is to the best that this node can do
 */
public record SourceReport(
        Map<String, Integer> chunksBySource, List<ChunkDetail> chunks, long activeMillis, TransferPace pace) {

    /** Of a transfer that has not begun. */
    static final SourceReport NONE = new SourceReport(Map.of(), List.of(), 0, TransferPace.NONE);

    /** Copies the collections. */
    public SourceReport {
        chunksBySource = Map.copyOf(chunksBySource);
        chunks = List.copyOf(chunks);
    }

    /**
     * One chunk.
     *
     * @param chunk its index
     * @param source who gave most of its leaves
     * @param millis from its first leaf to its last
     */
    public record ChunkDetail(int chunk, String source, int millis) {}
}
