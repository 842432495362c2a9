package dev.swarm.sim;

import dev.swarm.peer.PeerAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One blob from one seeder to all others of a simulated fleet. One run each; confined to one thread. */
public final class Distribution {

    /** Rate of a line each way, in bytes a second. */
    public static final long RATE = 25_000_000;

    private static final double MOST_SECONDS = 3_000;
    private static final int STEPS_BETWEEN_LOOKS = 2_000;
    private static final int STEPS_PER_NODE = 20;

    /** Hosts on one segment where there are more than {@link #ONE_SEGMENT}, and the hosts that each then knows from elsewhere. */
    private static final int SEGMENT = 250;

    private static final int ONE_SEGMENT = 1_000;
    private static final int KNOWN_AT_START = 30;

    private static final double SLOW_SHARE = 0.1;
    private static final double LIAR_SHARE = 0.2;
    private static final double CHURN_A_SECOND = 0.2 / 60;
    private static final double AWAY_SECONDS = 5;

    /** Under which circumstances nodes receive. */
    public enum Circumstance {
        /** All are there and have heard of each other. */
        CLEAN,
        /** Receivers start within the second after the blob was published. */
        FLASH_CROWD,
        /** Every other receiver starts when the others could have half of it. */
        HALF_LATE,
        /** A fifth of the receivers crash each minute and are back after five seconds; counted are those that did not. */
        CHURN,
        /** A tenth of the receivers have lines of 1 % of the rate; counted are the others. */
        SLOW,
        /** A fifth of the receivers serve garbage; counted are the others. */
        LIARS,
        /** Three sites, each behind one line of a fifth of a node's rate. */
        SITES
    }

    /**
     * What is distributed to whom.
     *
     * @param seed of the run
     * @param nodes in all, the seeder included
     * @param bytes of the blob
     * @param rate of each line, each way, in bytes a second; where it does not matter, {@link #RATE}
     * @param scale how many leaves are modelled as one, so that larger fleets and blobs fit: the blob and the distances are divided by
     *     it, and all times are multiplied. Nodes' own times, such as those between reports, are so many times longer then, too, and
     *     the unit is so many times larger: what comes of it is more than it would be
     * @param circumstance of the receivers
     */
    public record Workload(long seed, int nodes, long bytes, long rate, int scale, Circumstance circumstance) {}

    /**
     * What came of it.
     *
     * @param finished seconds from the publication to each counted receiver's copy, the smallest first
     * @param complete whether all receivers that count have the blob
     * @param bound seconds that no schedule can beat
     * @param copies how many times the blob's size left the seeder
     * @param duplicates leaves that came once more than needed, as a share of all that were needed
     * @param rejected leaves that were not what they should have been
     * @param wanCopies the most copies of the blob that any site's line let in; 0 without sites
     * @param growth how a leaf spread; null if that was not looked at
     */
    public record Outcome(
            List<Double> finished,
            boolean complete,
            double bound,
            double copies,
            double duplicates,
            long rejected,
            double wanCopies,
            @Nullable Growth growth) {

        /** When the last receiver was done. */
        public double makespan() {
            return finished.get(finished.size() - 1);
        }

        /** Makespan by bound. */
        public double ratio() {
            return makespan() / bound;
        }

        /** The 99th percentile of finish times by their median. */
        public double spread() {
            int rank = (int) Math.ceil(0.99 * finished.size()) - 1;
            return finished.get(rank) / finished.get(finished.size() / 2);
        }
    }

    /**
     * How a leaf spread: seconds from its first copy at a receiver on, each the median of all leaves.
     *
     * @param second to the second copy
     * @param half to the copy with which half of the receivers have it
     * @param last to the last copy
     */
    public record Growth(double second, double half, double last) {

        private Growth scaled(int scale) {
            return new Growth(scale * second, scale * half, scale * last);
        }
    }

    private final Workload load;
    private final LeafGrowth growth;
    private final SimulatedFleet fleet;
    private final List<SimulatedNode> receivers;
    private final Set<SimulatedNode> counted;
    private final SimulatedNode seeder;
    private final double[] uplinks;
    private long wanBefore;

    private Distribution(Workload load) {
        this.load = load;
        this.growth = new LeafGrowth(load.nodes - 1);
        this.fleet = new SimulatedFleet(load.seed, load.nodes, load.rate, growth);
        fleet.network().bringTogether(load.scale);
        List<SimulatedNode> nodes = fleet.nodes();
        this.seeder = nodes.get(0);
        this.receivers = nodes.subList(1, nodes.size());
        this.counted = new LinkedHashSet<>(receivers);
        this.uplinks = new double[receivers.size()];
        Arrays.fill(uplinks, (double) load.rate);
    }

    /**
     * Runs one distribution.
     *
     * @param outOfTime asked now and then whether to give up; the outcome is not complete then
     */
    public static Outcome run(Workload load, BooleanSupplier outOfTime) {
        return new Distribution(load).run(outOfTime);
    }

    /** Seconds that no schedule can beat, with lines of one rate up and down (Mundinger, Weber, Weiss 2008). */
    public static double bound(int receivers, long bytes, long rate) {
        double units = Math.max(1, Math.ceil(bytes / 65_536.0));
        return bytes / (double) rate * (1 + Math.floor(Math.log(receivers) / Math.log(2)) / units);
    }

    private Outcome run(BooleanSupplier outOfTime) {
        prepare();
        ModelledContent content = fleet.newContent(load.bytes / load.scale);
        long sentBefore = fleet.network().sentBytes(seeder.address());
        wanBefore = fleet.network().mostWanBytes();
        long start = fleet.time().now();
        seeder.publish(content, "*");
        join(start);
        List<SimulatedNode> missing = new ArrayList<>(counted);
        long end = start + (long) (MOST_SECONDS * 1e9);
        boolean given = false;
        while (!missing.isEmpty() && !given && fleet.time().now() < end) {
            int steps = Math.max(STEPS_BETWEEN_LOOKS, STEPS_PER_NODE * load.nodes);
            for (int i = 0; i < steps && fleet.time().step(end); i++) {}
            missing.removeIf(node -> node.completedAt(content.id()) > 0 || !counted.contains(node));
            given = outOfTime.getAsBoolean();
        }
        return outcome(content, start, sentBefore, missing.isEmpty());
    }

    private void prepare() {
        RandomGenerator random = fleet.time().random();
        switch (load.circumstance) {
            case SLOW -> every(SLOW_SHARE).forEach(this::slowDown);
            case SITES -> fleet.splitIntoSites(3, load.rate / 5);
            default -> {}
        }
        if (load.circumstance == Circumstance.FLASH_CROWD) {
            seeder.start(List.of());
        } else if (load.circumstance == Circumstance.SITES) {
            fleet.startAll(List.of(seeder.address()));
        } else if (isOnSegments()) {
            fleet.splitIntoSegments(SEGMENT);
            fleet.nodes().forEach(node -> node.start(someOthers(random)));
        } else {
            fleet.nodes().forEach(node -> {
                if (load.circumstance != Circumstance.HALF_LATE || receivers.indexOf(node) % 2 != 1) {
                    node.start(List.of());
                }
            });
        }
        // A segment's datagrams are few however many nodes share it: a thousand have heard of each other after minutes.
        fleet.run(
                load.nodes > 500 ? (isOnSegments() ? 60 : 300) : (load.circumstance == Circumstance.SITES ? 300 : 30));
        if (load.circumstance == Circumstance.LIARS) {
            every(LIAR_SHARE).forEach(node -> {
                node.becomeLiar();
                counted.remove(node);
            });
        }
        if (load.circumstance == Circumstance.CHURN) {
            churn(random);
        }
    }

    private boolean isOnSegments() {
        return load.nodes > ONE_SEGMENT;
    }

    /** What a file or a coordinator names to a node. */
    private List<PeerAddress> someOthers(RandomGenerator random) {
        return random.ints(KNOWN_AT_START, 0, load.nodes)
                .mapToObj(i -> fleet.nodes().get(i).address())
                .toList();
    }

    private void slowDown(SimulatedNode node) {
        fleet.network().attach(node.address(), load.rate / 100);
        counted.remove(node);
        uplinks[receivers.indexOf(node)] /= 100;
    }

    /** So large a share of the receivers, spread evenly. */
    private List<SimulatedNode> every(double share) {
        int apart = (int) Math.round(1 / share);
        List<SimulatedNode> chosen = new ArrayList<>();
        for (int i = apart / 2; i < receivers.size(); i += apart) {
            chosen.add(receivers.get(i));
        }
        return chosen;
    }

    private void join(long start) {
        if (load.circumstance == Circumstance.FLASH_CROWD) {
            RandomGenerator random = fleet.time().random();
            receivers.forEach(
                    node -> fleet.time().at(start + random.nextLong(1_000_000_000L), () -> startKnowingSeeder(node)));
        }
        if (load.circumstance == Circumstance.HALF_LATE) {
            long half = start + (long) (bound(receivers.size(), load.bytes, load.rate) / 2 / load.scale * 1e9);
            for (int i = 1; i < receivers.size(); i += 2) {
                SimulatedNode node = receivers.get(i);
                fleet.time().at(half, () -> startKnowingSeeder(node));
            }
        }
    }

    private void startKnowingSeeder(SimulatedNode node) {
        List<PeerAddress> known = List.of(seeder.address());
        node.start(known);
    }

    private void churn(RandomGenerator random) {
        for (SimulatedNode node : receivers) {
            if (random.nextDouble() < CHURN_A_SECOND && node.isRunning()) {
                counted.remove(node);
                node.crash();
                fleet.time().after((long) (AWAY_SECONDS * 1e9), () -> node.start(List.of(seeder.address())));
            }
        }
        fleet.time().after(1_000_000_000L, () -> churn(random));
    }

    private Outcome outcome(ModelledContent content, long start, long sentBefore, boolean complete) {
        List<Double> finished = counted.stream()
                .filter(node -> node.completedAt(content.id()) > 0)
                .mapToDouble(node -> load.scale * (node.completedAt(content.id()) - start) / 1e9)
                .sorted()
                .boxed()
                .toList();
        long fetched =
                receivers.stream().mapToLong(SimulatedNode::leavesFetched).sum();
        long held =
                receivers.stream().mapToLong(node -> node.held(content.id())).sum();
        long rejected =
                counted.stream().mapToLong(SimulatedNode::leavesRejected).sum();
        long size = content.layout().size();
        double copies = (fleet.network().sentBytes(seeder.address()) - sentBefore) / (double) size;
        double wan = (fleet.network().mostWanBytes() - wanBefore) / (double) size;
        double duplicates = fetched / (double) held - 1;
        Growth grown = growth.medians().scaled(load.scale);
        return new Outcome(finished, complete, bound(), copies, duplicates, rejected, wan, grown);
    }

    private double bound() {
        double equal = bound(receivers.size(), load.bytes, load.rate);
        return switch (load.circumstance) {
            case SLOW -> slowBound();
            case HALF_LATE -> 1.5 * equal;
            case SITES -> Math.max(equal, 5 * load.bytes / (double) load.rate);
            default -> equal;
        };
    }

    /** Without the copies of slow nodes, but with their uplinks (Kumar, Ross 2006). */
    private double slowBound() {
        double up = load.rate + Arrays.stream(uplinks).sum();
        return Math.max(load.bytes / (double) load.rate, counted.size() * (double) load.bytes / up);
    }
}
