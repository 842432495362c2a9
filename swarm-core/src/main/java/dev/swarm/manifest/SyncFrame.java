package dev.swarm.manifest;

import dev.swarm.crdt.KeyHash;
import dev.swarm.crdt.RangeClaim;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * One message of an exchange between two manifests. Immutable.
 *
 * @param claims what the sender says it holds, for the receiver to compare; checked as {@link RangeClaim} demands
 * @param wanted hashes of the keys whose entries the sender asks for, strictly ascending
 * @param entries signed entries, of which nothing is verified yet
 * @param more whether the sender left something out for want of room, so that another exchange is worth its while at once
 */
public record SyncFrame(List<RangeClaim> claims, List<KeyHash> wanted, List<SignedEntry> entries, boolean more) {

    /**
     * Longest encoded frame, in bytes: what a node holds of a peer's before it can verify any of it. A frame of this size takes
     * some 500 entries, whose signatures keep a core busy for a tenth of a second.
     */
    public static final int MAX_BYTES = 256 * 1024;

    /** A frame that asks nothing and brings nothing. */
    public static final SyncFrame FINISHED = new SyncFrame(List.of(), List.of(), List.of(), false);

    /** Copies the lists. */
    public SyncFrame {
        claims = List.copyOf(claims);
        wanted = List.copyOf(wanted);
        entries = List.copyOf(entries);
        for (int i = 1; i < wanted.size(); i++) {
            if (wanted.get(i - 1).compareTo(wanted.get(i)) >= 0) {
                throw new IllegalArgumentException("frame wants " + wanted.get(i) + " out of order");
            }
        }
    }

    /** Whether the sender has nothing to say or to ask: the exchange ends, and the frame need not be sent. */
    public boolean isFinished() {
        return claims.isEmpty() && wanted.isEmpty() && entries.isEmpty();
    }

    /**
     * The frame's bytes, read-only, with a CRC-32C at the end.
     *
     * @throws IllegalStateException if there are more than {@link #MAX_BYTES}; {@link ManifestSync} makes no such frame
     */
    public ByteBuffer encode() {
        return SyncFrameCodec.encode(this);
    }

    /**
     * Reads a frame that fills the rest of {@code source}, whose position does not move.
     *
     * @param maxBytes longest frame accepted, normally {@link #MAX_BYTES}
     * @throws MalformedFrameException if the bytes are no frame, or too many
     */
    public static SyncFrame decode(ByteBuffer source, int maxBytes) throws MalformedFrameException {
        return SyncFrameCodec.decode(source, maxBytes);
    }
}
