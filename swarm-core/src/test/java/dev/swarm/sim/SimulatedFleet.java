package dev.swarm.sim;

import dev.swarm.blob.BlobId;
import dev.swarm.manifest.FleetId;
import dev.swarm.peer.PeerAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** Whole nodes on a simulated network, in virtual time, from one seed. */
public final class SimulatedFleet {

    static final FleetId FLEET = SimulatedWorld.FLEET;

    private static final long LATENCY_NANOS = 1_000_000;

    private final VirtualTime time;
    private final SimulatedWorld world;
    private boolean multicast = true;
    private final SimulatedNetwork network;
    private final ByAddress<SimulatedNode> nodes = new ByAddress<>();
    private final List<SimulatedNode> inOrder = new ArrayList<>();
    private final Map<BlobId, ModelledContent> contents = new HashMap<>();

    /** Nodes {@code node-0} to {@code node-<size - 1>}, none of which has started. */
    public SimulatedFleet(long seed, int size, long bytesPerSecond) {
        this(seed, size, bytesPerSecond, new SimulatedWorld());
    }

    /** Nodes as before in another world. */
    SimulatedFleet(long seed, int size, long bytesPerSecond, SimulatedWorld world) {
        this.time = new VirtualTime(seed);
        this.world = world;
        this.network = new SimulatedNetwork(time, LATENCY_NANOS);
        world.attach(this);
        for (int i = 0; i < size; i++) {
            PeerAddress address = PeerAddress.parse("10.0." + i / 250 + "." + (1 + i % 250) + ":1531");
            network.attach(address, bytesPerSecond);
            SimulatedNode node = new SimulatedNode(this, i, address);
            nodes.put(address, node);
            inOrder.add(node);
        }
    }

    /** Another address that leads to a node. */
    PeerAddress secondAddress(SimulatedNode node, long bytesPerSecond) {
        PeerAddress second =
                PeerAddress.parse("10.1" + node.address().toString().substring(4));
        network.attach(second, bytesPerSecond);
        nodes.put(second, node);
        return second;
    }

    /** Deals the nodes out to sites, each behind a line of so many bytes a second. */
    void splitIntoSites(int count, long bytesPerSecond) {
        List<SimulatedSite> sites = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sites.add(new SimulatedSite(time, bytesPerSecond));
        }
        int i = 0;
        for (SimulatedNode node : inOrder) {
            network.moveToSite(node.address(), sites.get(i++ % count));
        }
    }

    /** Deals the nodes out to segments of so many, which datagrams do not leave. */
    void splitIntoSegments(int size) {
        inOrder.forEach(node -> network.moveToSegment(node.address(), node.number() / size));
    }

    /** No node is on a segment from its next start on. */
    void withoutMulticast() {
        multicast = false;
    }

    boolean hasMulticast() {
        return multicast;
    }

    VirtualTime time() {
        return time;
    }

    SimulatedWorld world() {
        return world;
    }

    SimulatedNetwork network() {
        return network;
    }

    SimulatedNode at(PeerAddress address) {
        return Objects.requireNonNull(nodes.get(address), "node");
    }

    ModelledContent content(BlobId blob) {
        return Objects.requireNonNull(contents.get(blob), "content");
    }

    List<SimulatedNode> nodes() {
        return Collections.unmodifiableList(inOrder);
    }

    SimulatedNode node(int i) {
        return inOrder.get(i);
    }

    void startAll(List<PeerAddress> known) {
        nodes().forEach(node -> node.start(known));
    }

    ModelledContent newContent(long size) {
        return add(ModelledContent.of(contents.size() + 1L, size));
    }

    ModelledContent add(ModelledContent content) {
        contents.put(content.id(), content);
        return content;
    }

    /** Runs until the condition holds; whether it did within so many virtual seconds. */
    boolean runUntil(BooleanSupplier condition, double seconds) {
        long end = time.now() + (long) (seconds * 1e9);
        while (!condition.getAsBoolean()) {
            if (!time.step(end)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    void run(double seconds) {
        boolean never = runUntil(() -> false, seconds);
        if (never) {
            throw new AssertionError("unreachable");
        }
    }

    /** Whether every running node holds all of a blob. */
    boolean isEverywhere(ModelledContent content) {
        return nodes().stream().filter(SimulatedNode::isRunning).allMatch(node -> node.machine()
                .isComplete(content.id()));
    }
}
