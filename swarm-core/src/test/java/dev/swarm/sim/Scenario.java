package dev.swarm.sim;

import dev.swarm.blob.BlobLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * What one seed has happen. Which kinds of fault there are at all is drawn first (Groce et al., "Swarm testing", ISSTA 2012): runs
 * in which everything goes wrong all the time hide what a few faults do together.
 *
 * @param seed what it was drawn from
 * @param nodes how many
 * @param real whether content, store, journal and signatures are those that ship
 * @param rate of each node's line both ways, in bytes a second
 * @param sizes of the blobs, in bytes
 * @param acts in the order of their times
 */
record Scenario(long seed, int nodes, boolean real, long rate, List<Long> sizes, List<Act> acts) {

    /** After this many virtual seconds nothing more is done to the fleet. */
    static final double QUIET = 40;

    private static final int REAL_ONE_IN = 6;
    private static final long LEAF = BlobLayout.LEAF_BYTES;
    private static final long CHUNK = BlobLayout.CHUNK_BYTES;
    private static final List<Long> RATES = List.of(12_500_000L, 2_000_000L, 300_000L);
    private static final List<Long> SIZES = List.of(
            0L, 1L, LEAF - 1, LEAF, LEAF + 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 5, 3 * CHUNK, 5 * CHUNK + LEAF);

    /** Draws the scenario of a seed. */
    static Scenario of(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(~seed);
        boolean real = random.nextInt(REAL_ONE_IN) == 0;
        int nodes = real ? 2 + random.nextInt(4) : 2 + random.nextInt(random.nextInt(4) == 0 ? 11 : 5);
        List<Long> sizes = new ArrayList<>();
        int blobs = 1 + random.nextInt(real ? 2 : 4);
        for (int i = 0; i < blobs; i++) {
            sizes.add(SIZES.get(random.nextInt(real ? SIZES.size() - 2 : SIZES.size())));
        }
        Draw draw = new Draw(random, nodes, blobs);
        return new Scenario(seed, nodes, real, RATES.get(random.nextInt(RATES.size())), sizes, draw.acts());
    }

    /** This scenario with other acts. */
    Scenario with(List<Act> others) {
        return new Scenario(seed, nodes, real, rate, sizes, others);
    }

    /** The nodes that keep to no rules at some time. */
    Set<Integer> malicious() {
        Set<Integer> malicious = new TreeSet<>();
        acts.stream().filter(act -> act.kind().isMalice()).forEach(act -> malicious.add(act.node()));
        return malicious;
    }

    private static final class Draw {
        private final RandomGenerator random;
        private final int nodes;
        private final int blobs;
        private final List<Act> acts = new ArrayList<>();

        Draw(RandomGenerator random, int nodes, int blobs) {
            this.random = random;
            this.nodes = nodes;
            this.blobs = blobs;
        }

        List<Act> acts() {
            for (int blob = 0; blob < blobs; blob++) {
                add(Act.Kind.PUBLISH, random.nextInt(10), blob);
            }
            int published = acts.size();
            EnumSet<Act.Kind> kinds = EnumSet.noneOf(Act.Kind.class);
            int share = 2 + random.nextInt(5);
            for (Act.Kind kind : Act.Kind.values()) {
                if (random.nextInt(share) == 0 && kind != Act.Kind.PUBLISH) {
                    kinds.add(kind);
                }
            }
            for (Act.Kind kind : kinds) {
                for (int i = 1 + random.nextInt(3); i > 0; i--) {
                    int blob = random.nextInt(blobs);
                    Act publication = acts.get(random.nextInt(published));
                    boolean near = random.nextBoolean();
                    double at = near ? publication.at() + 3 * random.nextDouble() : random.nextDouble() * QUIET;
                    add(kind, at, near ? publication.blob() : blob);
                }
            }
            Collections.sort(acts);
            return acts;
        }

        private void add(Act.Kind kind, double at, int blob) {
            double until = Math.min(QUIET, at + random.nextDouble() * random.nextDouble() * QUIET);
            int other = 1 + random.nextInt((1 << nodes) - 1);
            acts.add(new Act(kind, at, until, nodeFor(kind), other, blob, random.nextLong(1, 1_000)));
        }

        /** Node 0 is an operator, and keeps to the rules; so do two thirds. */
        private int nodeFor(Act.Kind kind) {
            return switch (kind) {
                case END_BY_OPERATOR, BAN_BY_OPERATOR -> 0;
                case JOIN_LATE -> nodes - 1;
                default -> kind.isMalice() ? nodes - 1 - random.nextInt((nodes + 2) / 3) : random.nextInt(nodes);
            };
        }
    }
}
