package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.EntrySigner;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.SignedEntry;
import dev.swarm.manifest.VerifiedEntry;
import dev.swarm.node.NodeEffects;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Role;
import dev.swarm.transport.TestFleet;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A world in which everything may go wrong, watched all the time. Confined to one run. */
final class FaultyWorld extends SimulatedWorld {

    private static final long QUICK_DISK_NANOS = 200_000;
    private static final long SLOW_DISK_NANOS = 2_000_000_000L;
    private static final long JOURNAL_NANOS = 3_000_000;
    private static final long MAX_AHEAD_MILLIS = 60_000;

    private final Scenario scenario;
    private final SightLog sights = new SightLog();
    private final Invariants invariants = new Invariants(this);
    private final Map<BlobId, byte[]> contents = new HashMap<>();
    private final Map<PeerId, GuardedStore> stores = new HashMap<>();
    private final Map<PeerId, WatchedEffects> effects = new HashMap<>();
    private final Map<PeerId, Long> effectsLeft = new HashMap<>();
    private final Map<VersionOf, SignedEntry> clocks = new HashMap<>();
    private final Map<PeerId, Set<BlobId>> seeded = new HashMap<>();
    private final Set<PeerId> rotten = new HashSet<>();
    private @Nullable SimulatedFleet fleet;

    /** An author's word of one moment; there should be one. */
    private record VersionOf(BlobId blob, PeerId author, HybridTimestamp clock) {}

    /** Members with real keys, made once: their certificates are the same in every run. */
    private static final class RealMembers {
        private static final TestFleet FLEET =
                TestFleet.steady("simulated", Instant.ofEpochMilli(SimulatedNode.EPOCH_MILLIS));
        private static final FleetId ID = FleetId.of(FLEET.authority());
        private static final EntryVerifier VERIFIER = EntryVerifier.of(ID, FLEET.authority());
        private static final Map<PeerId, EntrySigner> SIGNERS = signers();

        private static Map<PeerId, EntrySigner> signers() {
            Map<PeerId, EntrySigner> signers = new HashMap<>();
            for (int i = 0; i < 12; i++) {
                String host = "node-" + i;
                NodeCredentials credentials = i == 0 ? FLEET.node(host, Role.OPERATOR) : FLEET.node(host);
                signers.put(
                        new PeerId(host),
                        EntrySigner.of(credentials.key(), credentials.chain().get(0), ID));
            }
            return signers;
        }
    }

    FaultyWorld(Scenario scenario) {
        this.scenario = scenario;
    }

    @Override
    void attach(SimulatedFleet newFleet) {
        fleet = newFleet;
    }

    SimulatedFleet fleetOf() {
        return Objects.requireNonNull(fleet, "fleet");
    }

    SightLog sights() {
        return sights;
    }

    Scenario scenario() {
        return scenario;
    }

    /** The bytes of a blob; null where content is modelled. */
    byte @Nullable [] bytes(BlobId blob) {
        return contents.get(blob);
    }

    void addBytes(BlobId blob, byte[] bytes) {
        contents.put(blob, bytes);
    }

    GuardedStore storeOf(SimulatedNode node) {
        return Objects.requireNonNull(stores.get(node.id()));
    }

    /** The node stops in the effect after so many. */
    void crashAfter(SimulatedNode node, long count) {
        effectsLeft.put(node.id(), count);
    }

    /** A node's owner puts a blob into its store. */
    void seeded(SimulatedNode node, BlobId blob) {
        seeded.computeIfAbsent(node.id(), id -> new HashSet<>()).add(blob);
    }

    /** Whether a blob may be in a node's store though no entry speaks of it: the owner put it there. */
    boolean isOwners(SimulatedNode node, BlobId blob) {
        return seeded.getOrDefault(node.id(), Set.of()).contains(blob);
    }

    /** Somebody changes a node's files. */
    void rotten(PeerId host) {
        rotten.add(host);
    }

    boolean isRotten(PeerId host) {
        return rotten.contains(host);
    }

    void noMoreCrashes() {
        effectsLeft.clear();
    }

    @Override
    FleetId fleet() {
        return scenario.real() ? RealMembers.ID : super.fleet();
    }

    @Override
    EntrySigner signer(PeerId host) {
        if (scenario.real()) {
            return Objects.requireNonNull(RealMembers.SIGNERS.get(host));
        }
        Role[] roles = host.host().equals("node-0") ? new Role[] {Role.OPERATOR} : new Role[0];
        return ModelledMembers.signer(FLEET, host, roles);
    }

    @Override
    EntryVerifier verifier() {
        return scenario.real() ? RealMembers.VERIFIER : super.verifier();
    }

    @Override
    NodeStore store(PeerId host) {
        SimulatedFleet world = fleetOf();
        NodeDisk disk = new NodeDisk(world.time().random(), sights);
        NodeStore inner = scenario.real()
                ? new RealStore(
                        fleet(),
                        new RealStore.Surroundings(
                                disk,
                                world.time().random(),
                                () -> SimulatedNode.EPOCH_MILLIS + world.time().now() / 1_000_000,
                                sights,
                                contents))
                : new ModelledStore(world.time().random());
        GuardedStore store = new GuardedStore(inner, disk, sights);
        stores.put(host, store);
        return store;
    }

    @Override
    NodeEffects around(SimulatedNode node) {
        WatchedEffects watched = new WatchedEffects(node, this);
        effects.put(node.id(), watched);
        return watched;
    }

    @Override
    long diskNanos(SimulatedNode node) {
        return storeOf(node).disk().isSlow() ? SLOW_DISK_NANOS : QUICK_DISK_NANOS;
    }

    @Override
    long manifestNanos() {
        return JOURNAL_NANOS;
    }

    @Override
    boolean resetsCancelled() {
        return true;
    }

    @Override
    void happened(SimulatedNode node) {
        if (node.isRunning()) {
            fleetOf().time().trace(node.id() + " v" + node.machine().manifest().version());
            invariants.check(node);
        }
    }

    /** A node's machine wants something done. */
    void effect(SimulatedNode node) {
        Long left = effectsLeft.get(node.id());
        if (left != null) {
            effectsLeft.put(node.id(), left - 1);
            if (left <= 0) {
                effectsLeft.remove(node.id());
                sights.saw(Sight.CRASH_IN_EFFECT);
                crash(node, 1);
            }
        }
    }

    /** Ends a node's process and starts it again after so many seconds. */
    void crash(SimulatedNode node, double downSeconds) {
        if (node.isRunning()) {
            invariants.crashes(node);
            node.crash();
            fleetOf().time().after((long) (downSeconds * 1e9), () -> startAgain(node));
        }
    }

    void startAgain(SimulatedNode node) {
        if (!node.isRunning()) {
            node.start(List.of(fleetOf().node(0).address(), fleetOf().node(1).address()));
            if (!node.isRunning()) {
                sights.saw(Sight.START_FAILED);
            }
        }
    }

    @Override
    void gives(SimulatedNode source, SimulatedNode target, BlobId blob, int leaf, NodeStore.Leaf data) {
        invariants.gives(source, blob, leaf, data);
        if (!source.machine().isComplete(blob)) {
            sights.saw(Sight.LEAF_FROM_PARTIAL_HOLDER);
        }
    }

    @Override
    void took(SimulatedNode node, BlobId blob, int leaf, NodeStore.Leaf data) {
        invariants.took(node, blob, leaf, data);
    }

    @Override
    void refused(SimulatedNode node, BlobId blob, int leaf) {
        sights.saw(Sight.LEAF_REFUSED);
    }

    @Override
    void kept(SimulatedNode node) {
        invariants.kept(node);
    }

    @Override
    void openFailed(SimulatedNode node, BlobId blob) {
        Objects.requireNonNull(effects.get(node.id())).openFailed(blob);
    }

    @Override
    void fetchEnded(SimulatedNode node, BlobId blob, long request) {
        Objects.requireNonNull(effects.get(node.id())).ended(blob, request);
    }

    /** A node is about to download a blob. */
    void begins(SimulatedNode node, BlobId blob) {
        invariants.begins(node, blob);
    }

    @Override
    void offered(SimulatedNode node, List<VerifiedEntry> entries, int forged) {
        if (forged > 0) {
            sights.saw(Sight.FORGERY_SEEN);
        }
        long now = node.now().epochMillis();
        for (VerifiedEntry entry : entries) {
            if (entry.entry().clock().epochMillis() > now + MAX_AHEAD_MILLIS) {
                sights.saw(Sight.FUTURE_ENTRY_REFUSED);
            }
            SignedEntry other = clocks.putIfAbsent(
                    new VersionOf(
                            entry.entry().blob(),
                            entry.entry().author(),
                            entry.entry().clock()),
                    entry.signed());
            if (other != null && !other.entry().equals(entry.entry())) {
                sights.saw(Sight.EQUAL_CLOCKS);
            }
            if (invariants.isBuried(node, entry)) {
                sights.saw(Sight.BURIED_ENTRY_REFUSED);
            }
        }
        fleetOf().time().trace(node.id() + " offered " + entries.size());
    }
}
