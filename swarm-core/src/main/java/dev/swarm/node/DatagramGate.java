package dev.swarm.node;

import java.net.InetAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Decides which datagrams are worth reading, so that whoever floods a segment costs this node little. Pure and confined.
 *
 * <p>Each source has an allowance and so have all of them together. A source that was not heard of for long is forgotten when
 * there are too many.
 */
public final class DatagramGate {

    /** A node speaks ten times a second at most; this leaves room for some nodes on one machine. */
    private static final int SOURCE_PER_SECOND = 50;

    private static final int SOURCE_BURST = 100;

    /** Reading a datagram takes some microseconds: the processor notices neither this nor the burst. */
    private static final int TOTAL_PER_SECOND = 500;

    /** What a segment carries when it starts all at once, several times over. */
    private static final int TOTAL_BURST = 1_000;

    private static final int MAX_SOURCES = 4_096;

    private final TokenBucket total = new TokenBucket(TOTAL_BURST, TOTAL_PER_SECOND);
    private final Map<InetAddress, TokenBucket> sources = new LinkedHashMap<>(16, 0.75f, true);
    private long refused;

    /** A gate that nothing has come through. */
    public DatagramGate() {}

    /** Whether a datagram that came in at {@code now}, in nanoseconds of the caller's ticker, is to be read. */
    public boolean admits(InetAddress source, long now) {
        TokenBucket own = sources.get(source);
        if (own == null) {
            own = new TokenBucket(SOURCE_BURST, SOURCE_PER_SECOND);
            sources.put(source, own);
            forgetTheStalest();
        }
        // The source first: what one floods with is not taken from the allowance of all.
        boolean admitted = own.tryDraw(1, now) && total.tryDraw(1, now);
        refused += admitted ? 0 : 1;
        return admitted;
    }

    /** How many were not to be read. */
    public long refused() {
        return refused;
    }

    private void forgetTheStalest() {
        if (sources.size() > MAX_SOURCES) {
            Iterator<InetAddress> stalest = sources.keySet().iterator();
            stalest.next();
            stalest.remove();
        }
    }
}
