package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.VerifiedEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a fleet comes to once nothing is done to it any more: every member holds what it should, and all say the same. */
final class Settlement {

    /** Revocations stay in manifests for so long here. */
    private static final Duration WINDOW = Duration.ofSeconds(15);

    /** All nodes prune as of the same moments, so far apart. */
    private static final long PRUNE_NANOS = 10_000_000_000L;

    private static final double STEP_SECONDS = 2;
    private static final double MOST_SECONDS = 150;

    /** A clock that was set ahead may have dated entries so far into the future. */
    private static final double MOST_AHEAD_SECONDS = 500;

    /** What ends within this need not have come to everyone. */
    private static final long SOON_MILLIS = 60_000;

    private final FaultyWorld world;
    private final SimulatedFleet fleet;
    private final List<ModelledContent> contents;
    private final Map<Integer, Malice> malice;
    private final Invariants invariants;

    Settlement(FaultyWorld world, List<ModelledContent> contents, Map<Integer, Malice> malice) {
        this.world = world;
        this.fleet = world.fleetOf();
        this.contents = contents;
        this.malice = malice;
        this.invariants = new Invariants(world);
    }

    /** Ends every fault and waits; what is still wrong then, or null. */
    @Nullable
    String settle() {
        quieten();
        boolean prunes = scenarioHas(Act.Kind.PRUNE);
        boolean waits = scenarioHas(Act.Kind.SET_CLOCK);
        double end = fleet.time().now() / 1e9 + MOST_SECONDS + (waits ? MOST_AHEAD_SECONDS : 0);
        String wrong;
        do {
            fleet.run(STEP_SECONDS);
            long horizon = SimulatedNode.EPOCH_MILLIS + fleet.time().now() / PRUNE_NANOS * (PRUNE_NANOS / 1_000_000);
            if (prunes) {
                fleet.nodes().stream().filter(SimulatedNode::isRunning).forEach(node -> prune(node, horizon));
            }
            wrong = wrong();
        } while (wrong != null && fleet.time().now() / 1e9 < end);
        return wrong;
    }

    private boolean scenarioHas(Act.Kind kind) {
        return world.scenario().acts().stream().anyMatch(act -> act.kind() == kind);
    }

    /** Whether anything left the manifest. */
    static boolean prune(SimulatedNode node, long epochMillis) {
        Set<BlobId> stored;
        try {
            stored = node.store().complete().keySet();
        } catch (IOException e) {
            return false;
        }
        boolean pruned = node.machine().manifest().prune(epochMillis, WINDOW, stored::contains) > 0;
        if (pruned) {
            node.manifestChanged();
        }
        return pruned;
    }

    private void quieten() {
        SimulatedNetwork network = fleet.network();
        network.loseDatagrams(0);
        network.loseMessages(0);
        network.copyDatagrams(0);
        network.delayAtRandom(0);
        world.noMoreCrashes();
        malice.values().forEach(Malice::endAll);
        for (SimulatedNode node : fleet.nodes()) {
            network.moveToGroup(node.address(), 0);
            network.cut(node.address(), false);
            fleet.nodes().forEach(other -> network.block(node.address(), other.address(), false));
            node.setClock(0);
            node.setDrift(0);
            NodeDisk disk = world.storeOf(node).disk();
            disk.mend();
            if (disk.takeFailed()) {
                world.crash(node, 1);
            }
            world.startAgain(node);
        }
    }

    private List<SimulatedNode> honest() {
        return fleet.nodes().stream()
                .filter(node -> !world.scenario()
                        .malicious()
                        .contains(Integer.parseInt(node.id().host().substring(5))))
                .toList();
    }

    private @Nullable String wrong() {
        List<SimulatedNode> honest = honest();
        for (SimulatedNode node : honest) {
            if (!node.isRunning()) {
                return node.id() + " does not run";
            }
        }
        SimulatedNode first = honest.get(0);
        for (SimulatedNode node : honest) {
            if (!node.machine().manifestDigest().equals(first.machine().manifestDigest())) {
                return "manifests differ: " + first.id() + " has "
                        + first.machine().manifest().entries() + ", " + node.id() + " has "
                        + node.machine().manifest().entries();
            }
        }
        for (ModelledContent content : contents) {
            String wrong = wrongWith(content, honest);
            if (wrong != null) {
                return wrong;
            }
        }
        return leftOver(honest);
    }

    private @Nullable String wrongWith(ModelledContent content, List<SimulatedNode> honest) {
        boolean available = honest.stream().anyMatch(node -> node.machine().isComplete(content.id()));
        for (SimulatedNode node : honest) {
            boolean complete = node.machine().isComplete(content.id());
            BlobView view = node.machine().manifest().blob(content.id());
            if (complete) {
                String wrong = invariants.wrongWith(node, content);
                if (wrong != null) {
                    return wrong;
                }
            }
            boolean rotted =
                    world.isRotten(node.id()) && !node.machine().manifest().isBuried(content.id());
            boolean lostEntry = view == null && (rotted || world.isOwners(node, content.id()));
            if (view == null || !view.isActive()) {
                if (lostEntry) {
                    continue;
                }
                if (complete || node.held(content.id()) > 0 || hasPartial(node, content.id())) {
                    return node.id() + " holds blob " + content.id() + ", which is " + view;
                }
            } else if (available && !complete && isDue(view, node)) {
                return node.id() + " lacks blob " + content.id() + ", which is meant for it: " + node.transfers();
            }
        }
        return null;
    }

    private static boolean hasPartial(SimulatedNode node, BlobId blob) {
        try {
            return node.machine().manifest().blob(blob) != null
                    && node.store().partial().contains(blob);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isDue(BlobView view, SimulatedNode node) {
        for (VerifiedEntry entry : view.activeEntries()) {
            ManifestEntry content = entry.entry();
            Retention retention = content.retention();
            boolean lasts = retention.isForever()
                    || content.clock().epochMillis() + retention.duration().toMillis()
                            > node.now().epochMillis() + SOON_MILLIS;
            if (lasts && content.target().matches(node.id(), Map.of())) {
                return true;
            }
        }
        return false;
    }

    /** A transfer of what is there for the taking, or what a transfer should have given back. */
    private @Nullable String leftOver(List<SimulatedNode> honest) {
        for (SimulatedNode node : honest) {
            long promised = world.storeOf(node).promisedBytes();
            if (node.transfers().isEmpty() && (promised != 0 || node.leaves().underWay() != 0)) {
                return node.id() + " receives nothing and has " + promised + " bytes promised, "
                        + node.leaves().underWay() + " fetches under way";
            }
        }
        return null;
    }
}
