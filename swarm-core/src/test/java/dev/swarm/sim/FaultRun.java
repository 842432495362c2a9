package dev.swarm.sim;

import dev.swarm.blob.BlobLayout;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.Mischief;
import dev.swarm.manifest.Retention;
import dev.swarm.peer.PeerAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** One run of a scenario: what is done to the fleet, then quiet. Confined. */
final class FaultRun {

    private static final double CYCLE_SECONDS = 5;
    private static final long EFFECTS_TO_A_CRASH = 8;
    private static final long CHANGES_TO_A_CRASH = 40;

    private final Scenario scenario;
    private final FaultyWorld world;
    private final SimulatedFleet fleet;
    private final List<ModelledContent> contents = new ArrayList<>();
    private final Map<Integer, Malice> malice = new HashMap<>();

    /**
     * How it went.
     *
     * @param violation what did not hold; null if all did
     * @param hash of everything that happened
     * @param sights what came up
     * @param seconds how long it took, in virtual time
     */
    record Outcome(@Nullable String violation, long hash, SightLog sights, double seconds) {}

    private FaultRun(Scenario scenario) {
        this.scenario = scenario;
        this.world = new FaultyWorld(scenario);
        this.fleet = new SimulatedFleet(scenario.seed(), scenario.nodes(), scenario.rate(), world);
        for (int i = 0; i < scenario.sizes().size(); i++) {
            contents.add(content(i));
        }
        for (int number : scenario.malicious()) {
            SimulatedNode node = fleet.node(number);
            Mischief mischief = new Mischief(
                    world.fleet(),
                    node.id(),
                    fleet.node(0).id(),
                    SimulatedNode.EPOCH_MILLIS,
                    fleet.time().random());
            Malice conduct = new Malice(mischief, world.sights());
            node.become(conduct);
            malice.put(number, conduct);
        }
    }

    /** Runs a scenario from its beginning to its end. */
    static Outcome of(Scenario scenario) {
        FaultRun run = new FaultRun(scenario);
        String violation;
        try {
            violation = run.run();
        } catch (RuntimeException | AssertionError e) {
            violation = describe(e);
        }
        double seconds = run.fleet.time().now() / 1e9;
        return new Outcome(violation, run.fleet.time().traceHash(), run.world.sights(), seconds);
    }

    private static String describe(Throwable e) {
        StringBuilder text = new StringBuilder(String.valueOf(e));
        StackTraceElement[] frames = e.getStackTrace();
        for (int i = 0; i < Math.min(6, frames.length); i++) {
            text.append("\n    at ").append(frames[i]);
        }
        return text.toString();
    }

    private ModelledContent content(int blob) {
        int size = (int) (long) scenario.sizes().get(blob);
        if (!scenario.real()) {
            return fleet.newContent(size);
        }
        byte[] bytes = new byte[size];
        new Random(scenario.seed() * 31 + blob).nextBytes(bytes);
        ModelledContent content = fleet.add(ModelledContent.ofBytes(bytes));
        world.addBytes(content.id(), bytes);
        return content;
    }

    private @Nullable String run() {
        for (Act act : scenario.acts()) {
            fleet.time().at(nanos(act.at()), () -> begin(act));
        }
        boolean late = scenario.acts().stream().anyMatch(act -> act.kind() == Act.Kind.JOIN_LATE);
        List<PeerAddress> known = List.of(fleet.node(0).address(), fleet.node(1).address());
        for (int i = 0; i < scenario.nodes() - (late ? 1 : 0); i++) {
            fleet.node(i).start(known);
        }
        fleet.time().after(nanos(CYCLE_SECONDS), this::cycle);
        fleet.run(Scenario.QUIET);
        return new Settlement(world, contents, malice).settle();
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }

    private void cycle() {
        for (SimulatedNode node : fleet.nodes()) {
            node.lookAtStore();
            node.keepAgain();
            node.dateAnew();
            if (node.isRunning()
                    && node.machine().peers().peers(fleet.time().now()).stream().anyMatch(peer -> !peer.reachable())) {
                world.sights().saw(Sight.PEER_BACKED_OFF);
            }
            if (node.transfers().stream().anyMatch(transfer -> transfer.reason().startsWith("no progress"))) {
                world.sights().saw(Sight.RUN_WITHOUT_PROGRESS);
            }
        }
        fleet.time().after(nanos(CYCLE_SECONDS), this::cycle);
    }

    private void begin(Act act) {
        SimulatedNode node = fleet.node(act.node());
        if (act.kind().isMalice()) {
            Malice conduct = malice.get(act.node());
            if (conduct != null) {
                conduct.begin(act.kind());
                after(act, () -> conduct.end(act.kind()));
            }
        } else if (act.kind() == Act.Kind.JOIN_LATE) {
            world.sights().saw(Sight.LATE_JOINER);
            world.startAgain(node);
        } else if (act.kind() == Act.Kind.ROT) {
            rot(node, act);
        } else if (node.isRunning()) {
            beginAt(node, act);
        }
    }

    private void after(Act act, Runnable end) {
        fleet.time().at(nanos(act.until()), () -> {
            if (fleet.time().now() < nanos(Scenario.QUIET)) {
                end.run();
            }
        });
    }

    private void beginAt(SimulatedNode node, Act act) {
        switch (act.kind()) {
            case PUBLISH, PUBLISH_FOR_SOME, PUBLISH_FOR_A_WHILE -> publish(node, act);
            case REVOKE, END_BY_OPERATOR -> end(node, act, EntryState.REVOKED);
            case BAN_BY_OPERATOR -> end(node, act, EntryState.BANNED);
            case CRASH -> world.crash(node, act.until() - act.at());
            case CRASH_IN_EFFECT -> world.crashAfter(node, act.amount() % EFFECTS_TO_A_CRASH);
            case CRASH_IN_DISK_CHANGE, LOSE_BLOB, TAKE_ROOM, FILL_DISK, FAIL_DISK, SLOW_DISK -> beginOnDisk(node, act);
            case CUT, ONE_WAY, PARTITION, LOSE_DATAGRAMS, LOSE_MESSAGES, COPY_DATAGRAMS, DELAY ->
                beginOnNetwork(node, act);
            case SET_CLOCK -> {
                node.setClock(1_000 * (act.amount() - 500));
                after(act, () -> node.setClock(0));
            }
            case DRIFT -> node.setDrift(act.amount() - 500);
            case PRUNE -> prune(node);
            default -> throw new AssertionError(act.kind());
        }
    }

    private void publish(SimulatedNode node, Act act) {
        String target =
                switch (act.kind()) {
                    case PUBLISH_FOR_SOME -> some(act.other());
                    default -> "*";
                };
        Retention retention = act.kind() == Act.Kind.PUBLISH_FOR_A_WHILE
                ? Retention.parse(10 + act.amount() % 80 + "s")
                : Retention.FOREVER;
        ModelledContent content = contents.get(act.blob());
        world.seeded(node, content.id());
        node.publish(content, target, retention);
        if (content.layout().size() == 0) {
            world.sights().saw(Sight.EMPTY_BLOB);
        } else if (content.layout().size() <= BlobLayout.LEAF_BYTES) {
            world.sights().saw(Sight.ONE_LEAF_BLOB);
        } else if (content.layout().chunkCount() > 1) {
            world.sights().saw(Sight.BLOB_OF_SEVERAL_CHUNKS);
        }
    }

    private String some(int bits) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < scenario.nodes(); i++) {
            if ((bits >> i & 1) == 1) {
                names.add("node-" + i);
            }
        }
        return String.join(",", names);
    }

    private void end(SimulatedNode node, Act act, EntryState state) {
        ModelledContent content = contents.get(act.blob());
        if (node.machine().manifest().blob(content.id()) != null) {
            node.end(content.id(), state);
        }
    }

    private void prune(SimulatedNode node) {
        if (Settlement.prune(node, node.now().epochMillis())) {
            world.sights().saw(Sight.ENTRIES_PRUNED);
        }
    }

    private void beginOnDisk(SimulatedNode node, Act act) {
        GuardedStore store = world.storeOf(node);
        NodeDisk disk = store.disk();
        switch (act.kind()) {
            case CRASH_IN_DISK_CHANGE -> {
                Runnable crash = () -> fleet.time().after(0, () -> world.crash(node, 1));
                if (store.inner() instanceof RealStore real && act.amount() % 2 == 0) {
                    real.crashInJournal(crash);
                } else {
                    disk.crashAfter(act.amount() % CHANGES_TO_A_CRASH, crash);
                }
            }
            case LOSE_BLOB -> {
                if (!disk.isBad()) {
                    store.lose(contents.get(act.blob()).id());
                    node.lose(contents.get(act.blob()).id());
                }
            }
            case TAKE_ROOM -> {
                store.takeAllBut(act.amount() * 4_096);
                after(act, () -> disk.take(0));
            }
            case FILL_DISK -> {
                disk.fill(true);
                after(act, () -> disk.fill(false));
            }
            case FAIL_DISK -> {
                disk.fail(true);
                after(act, () -> {
                    disk.fail(false);
                    world.crash(node, 1);
                });
            }
            default -> {
                disk.slowDown(true);
                after(act, () -> disk.slowDown(false));
            }
        }
    }

    private void beginOnNetwork(SimulatedNode node, Act act) {
        SimulatedNetwork network = fleet.network();
        switch (act.kind()) {
            case CUT -> {
                network.cut(node.address(), true);
                after(act, () -> network.cut(node.address(), false));
            }
            case ONE_WAY -> {
                world.sights().saw(Sight.ONE_WAY_LINE);
                fleet.nodes().forEach(other -> network.block(node.address(), other.address(), true));
                after(act, () -> fleet.nodes().forEach(other -> network.block(node.address(), other.address(), false)));
            }
            case PARTITION -> {
                for (int i = 0; i < scenario.nodes(); i++) {
                    network.moveToGroup(fleet.node(i).address(), act.other() >> i & 1);
                }
                after(act, this::heal);
            }
            case LOSE_DATAGRAMS -> {
                network.loseDatagrams(act.amount() / 1_000.0);
                after(act, () -> network.loseDatagrams(0));
            }
            case LOSE_MESSAGES -> {
                network.loseMessages(act.amount() / 3_000.0);
                after(act, () -> network.loseMessages(0));
            }
            case COPY_DATAGRAMS -> {
                world.sights().saw(Sight.DATAGRAMS_COPIED);
                network.copyDatagrams(act.amount() / 1_000.0);
                after(act, () -> network.copyDatagrams(0));
            }
            default -> {
                network.delayAtRandom(act.amount() * 500_000);
                after(act, () -> network.delayAtRandom(0));
            }
        }
    }

    private void heal() {
        long states = fleet.nodes().stream()
                .filter(SimulatedNode::isRunning)
                .map(node -> node.machine().manifestDigest())
                .distinct()
                .count();
        if (states > 1) {
            world.sights().saw(Sight.PARTITION_HEALED_DIVERGING);
        }
        fleet.nodes().forEach(node -> fleet.network().moveToGroup(node.address(), 0));
    }

    private void rot(SimulatedNode node, Act act) {
        if (world.storeOf(node).inner() instanceof RealStore store) {
            world.crash(node, 1 + act.until() - act.at());
            if (!node.isRunning()) {
                world.rotten(node.id());
                store.rot();
            }
        }
    }
}
