package dev.swarm;

/** What a node counts from its start on. Constants may be added. */
public enum NodeCounter {
    /** Bytes of content that came from peers and matched their hashes. */
    RECEIVED_BYTES,
    /** Bytes of content that peers asked for and were answered with; a peer that hung up may have got fewer. */
    SENT_BYTES,
    /** Blobs that became complete by a transfer. */
    COMPLETED_TRANSFERS,
    /** Runs of transfers that ended otherwise: revoked, without progress, for want of room, or with false content. */
    BROKEN_TRANSFERS,
    /** Leaves from peers that did not match their hashes. */
    REJECTED_LEAVES,
    /** Questions about manifests and holdings that peers answered. */
    GOSSIP_EXCHANGES,
    /** Transfers and pushes that were put off for want of room, here or at a peer. */
    SKIPS,
    /** Times that a peer was banned for what it sent. */
    BANS
}
