package dev.swarm.peer;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one peer. Immutable.
 *
 * @param address where it listens
 * @param id its name, null until a connection proved it
 * @param claimedBlobs how many blobs it was said to hold
 * @param quietNanos how long ago it was last heard of
 * @param trust -1 banned, 0 only hinted at, 1 proven, 2 proven and served verified content
 * @param reachable whether it may be asked at present
 * @param bannedNanos for how much longer it is left alone for what it sent; 0 if it is not banned
 */
public record PeerView(
        PeerAddress address,
        @Nullable PeerId id,
        int claimedBlobs,
        long quietNanos,
        int trust,
        boolean reachable,
        long bannedNanos) {}
