package dev.swarm.manifest;

import static dev.swarm.manifest.Fixtures.NOW;
import static dev.swarm.manifest.Fixtures.at;
import static dev.swarm.manifest.Fixtures.blob;
import static dev.swarm.manifest.Fixtures.entry;
import static dev.swarm.manifest.Fixtures.verified;
import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.Label;
import dev.swarm.sim.Simulation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The laws of {@link ManifestLawsTest} over very many small cases; {@link Simulation} says how many. */
@Tag("simulation")
class ManifestLawsAtLargeTest {

    private static final long SEED = Long.getLong("swarm.seed", 20_261_121L);
    private static final int POOL = 500;
    private static final int BATCHES = 100;
    private static final int[][] ORDERS = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

    /** What one of three authors can say of a blob: two plain nodes and an operator. */
    private enum Act {
        A_SEEDS("a", EntryState.ACTIVE),
        A_REVOKES("a", EntryState.REVOKED),
        B_SEEDS("b", EntryState.ACTIVE),
        B_REVOKES("b", EntryState.REVOKED),
        OPERATOR_SEEDS("op", EntryState.ACTIVE),
        OPERATOR_REVOKES("op", EntryState.REVOKED),
        OPERATOR_BANS("op", EntryState.BANNED);

        private final String author;
        private final EntryState state;

        Act(String author, EntryState state) {
            this.author = author;
            this.state = state;
        }
    }

    @Test
    void merge_randomTriples_isTheSameInEveryOrderAndAgain() {
        int triples = Simulation.pick(100_000, 1_000_000, 10_000_000);
        List<VerifiedEntry> pool = pool();

        IntStream.range(0, BATCHES).parallel().forEach(batch -> {
            SplittableRandom random = new SplittableRandom(SEED + batch);
            for (int i = 0; i < triples / BATCHES; i++) {
                VerifiedEntry[] triple = {
                    pool.get(random.nextInt(POOL)), pool.get(random.nextInt(POOL)), pool.get(random.nextInt(POOL))
                };
                int[] order = ORDERS[1 + random.nextInt(5)];
                VerifiedEntry again = triple[random.nextInt(3)];
                ManifestCrdt expected = Fixtures.manifest(triple);
                ManifestCrdt other =
                        Fixtures.manifest(triple[order[0]], triple[order[1]], again, triple[order[2]], again);
                if (!same(other, expected)) {
                    throw new AssertionError("seed " + SEED + ": " + Arrays.toString(triple) + " in order "
                            + Arrays.toString(order) + " with " + again + " again");
                }
            }
        });
    }

    @Test
    void merge_everyHistoryOfThreeAuthorsInEveryOrder_isOneState() {
        int longest = Simulation.pick(4, 5, 6);
        List<int[]> histories = new ArrayList<>();
        histories(new int[longest], 0, longest, histories);
        List<int[]> permutations = new ArrayList<>();
        permutations(new int[0], longest, permutations);
        AtomicLong merged = new AtomicLong();

        histories.parallelStream().forEach(history -> {
            VerifiedEntry[] entries = history(history);
            ManifestCrdt expected = Fixtures.manifest(entries);
            VerifiedEntry[] shuffled = new VerifiedEntry[entries.length];
            for (int[] permutation : permutations) {
                for (int i = 0; i < entries.length; i++) {
                    shuffled[i] = entries[permutation[i]];
                }
                if (!same(Fixtures.manifest(shuffled), expected)) {
                    throw new AssertionError(
                            Arrays.toString(entries) + " differs in order " + Arrays.toString(permutation));
                }
            }
            merged.addAndGet(permutations.size());
        });

        assertThat(merged.get()).isEqualTo((long) histories.size() * permutations.size());
        System.out.println(histories.size() + " histories of " + longest + " records in " + permutations.size()
                + " orders each: one state");
    }

    /** Records are made two at each time, so that the order within such a pair is nobody's word: each pair comes once. */
    private static void histories(int[] acts, int at, int length, List<int[]> found) {
        if (at == length) {
            found.add(acts.clone());
            return;
        }
        int first = at % 2 == 1 ? acts[at - 1] : 0;
        for (int act = first; act < Act.values().length; act++) {
            acts[at] = act;
            histories(acts, at + 1, length, found);
        }
    }

    private static VerifiedEntry[] history(int[] acts) {
        VerifiedEntry[] entries = new VerifiedEntry[acts.length];
        long endedByOperator = 0;
        for (int i = 0; i < acts.length; i++) {
            Act act = Act.values()[acts[i]];
            long time = NOW + i / 2;
            ManifestEntry.Builder builder =
                    entry(act.author, 1, time).state(act.state).label(new Label("label-" + i));
            if (act == Act.OPERATOR_SEEDS && endedByOperator != 0 && endedByOperator < time) {
                builder.endsOthersUpTo(at(endedByOperator));
            } else if (act == Act.OPERATOR_REVOKES || act == Act.OPERATOR_BANS) {
                endedByOperator = time;
            }
            entries[i] = verified(builder);
        }
        return entries;
    }

    private static void permutations(int[] chosen, int length, List<int[]> found) {
        if (chosen.length == length) {
            found.add(chosen);
            return;
        }
        for (int i = 0; i < length; i++) {
            int next = i;
            if (Arrays.stream(chosen).noneMatch(other -> other == next)) {
                int[] longer = Arrays.copyOf(chosen, chosen.length + 1);
                longer[chosen.length] = next;
                permutations(longer, length, found);
            }
        }
    }

    /** Few authors, times and labels, so that most triples meet. */
    private static List<VerifiedEntry> pool() {
        Random random = new Random(SEED);
        List<String> authors = List.of("a", "b", "co", "op", "op2");
        EntryState[] states = EntryState.values();
        List<VerifiedEntry> pool = new ArrayList<>();
        while (pool.size() < POOL) {
            long time = NOW + random.nextInt(5);
            ManifestEntry.Builder builder = entry(authors.get(random.nextInt(authors.size())), random.nextInt(2), time)
                    .label(new Label("label-" + random.nextInt(3)))
                    .state(states[random.nextInt(states.length)]);
            if (random.nextInt(3) == 0) {
                builder.endsOthersUpTo(at(time - 1 - random.nextInt(4)));
            }
            pool.add(verified(builder));
        }
        return pool;
    }

    private static boolean same(ManifestCrdt one, ManifestCrdt other) {
        if (!one.digest().equals(other.digest()) || one.size() != other.size()) {
            return false;
        }
        for (int number = 0; number < 2; number++) {
            BlobView left = one.blob(blob(number));
            BlobView right = other.blob(blob(number));
            boolean equal = left == null
                    ? right == null
                    : right != null
                            && left.state() == right.state()
                            && left.activeEntries().equals(right.activeEntries())
                            && left.winner().equals(right.winner());
            if (!equal) {
                return false;
            }
        }
        return true;
    }
}
