package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import dev.swarm.manifest.EntrySigner;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.node.NodeEffects;
import dev.swarm.peer.PeerId;
import java.util.List;

/** What a simulated fleet is made of beside nodes and lines. This one is modelled and without faults. */
class SimulatedWorld {

    static final FleetId FLEET = new FleetId("5a".repeat(32));

    /** The fleet whose world this is; called before it has nodes. */
    void attach(SimulatedFleet fleet) {}

    FleetId fleet() {
        return FLEET;
    }

    EntrySigner signer(PeerId host) {
        return ModelledMembers.signer(FLEET, host);
    }

    EntryVerifier verifier() {
        return ModelledMembers.verifier(FLEET);
    }

    NodeStore store(PeerId host) {
        return new ModelledStore(null);
    }

    /** What stands between a node's machine and the node. */
    NodeEffects around(SimulatedNode node) {
        return node;
    }

    /** How long the disk takes for one change; 0 if the store is changed at once and only tells so later. */
    long diskNanos(SimulatedNode node) {
        return 0;
    }

    /** How long after a change the manifest is on disk; 0 if it always is. */
    long manifestNanos() {
        return 0;
    }

    /** Whether what waits at the sender is dropped when a fetch is given up, as a closed connection does. */
    boolean resetsCancelled() {
        return false;
    }

    /** An event at a node is over. */
    void happened(SimulatedNode node) {}

    /** A node gives a leaf to another. */
    void gives(SimulatedNode source, SimulatedNode target, BlobId blob, int leaf, NodeStore.Leaf data) {}

    /** A node took a leaf for what it should be. */
    void took(SimulatedNode node, BlobId blob, int leaf, NodeStore.Leaf data) {}

    /** A node found a leaf not to be what it should be. */
    void refused(SimulatedNode node, BlobId blob, int leaf) {}

    /** A node's manifest is on disk. */
    void kept(SimulatedNode node) {}

    /** A blob could not be opened. */
    void openFailed(SimulatedNode node, BlobId blob) {}

    /** A fetch is over. */
    void fetchEnded(SimulatedNode node, BlobId blob, long request) {}

    /** Entries came in, of which so many are not their author's word. */
    void offered(SimulatedNode node, List<VerifiedEntry> entries, int forged) {}
}
