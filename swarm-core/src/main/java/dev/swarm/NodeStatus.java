package dev.swarm;

import dev.swarm.node.TransferView;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node as of one moment. Immutable.
 *
 * @param host its name
 * @param address where it listens
 * @param gates for each subsystem found, whether its gate is open
 * @param manifestVersion how many changes of the manifest it has taken in
 * @param activeBlobs blobs that are to be held by someone
 * @param revokedBlobs blobs that were revoked
 * @param peers peers that proved themselves
 * @param completeBlobs blobs that are complete here
 * @param transfers blobs on their way in
 * @param storeProblem why nothing is received until it is restarted on a disk that works, or null
 * @param lastCheckIn when a coordinator last answered it, null if none has since it started
 */
public record NodeStatus(
        PeerId host,
        PeerAddress address,
        Map<String, Boolean> gates,
        long manifestVersion,
        int activeBlobs,
        int revokedBlobs,
        int peers,
        int completeBlobs,
        List<TransferView> transfers,
        @Nullable String storeProblem,
        @Nullable Instant lastCheckIn) {

    /** Copies the collections. */
    public NodeStatus {
        gates = Map.copyOf(gates);
        transfers = List.copyOf(transfers);
    }
}
