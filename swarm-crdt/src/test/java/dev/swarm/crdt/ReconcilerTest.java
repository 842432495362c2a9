package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ReconcilerTest {

    private static final long SEED = Seeds.few().findFirst().orElseThrow();

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void exchange_anyTwoMaps_convergesAndMovesOnlyDifferences(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Replica.Pair pair = Replica.pair(random.nextInt(1 << random.nextInt(13)), random.nextInt(200), random);
        Replica union = new Replica(pair.left().elements());
        pair.right().elements().forEach(union::merge);

        Exchange exchange = new Exchange(pair.left(), pair.right()).run();

        assertThat(pair.left().elements()).isEqualTo(union.elements());
        assertThat(pair.right().elements()).isEqualTo(union.elements());
        assertThat(exchange.moved).isEqualTo(pair.differing());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#few")
    void exchange_eitherSideOpens_findsTheSameDifferences(long seed) {
        Replica.Pair pair = Replica.pair(3_000, 60, new SplittableRandom(seed));
        Replica.Pair same = Replica.pair(3_000, 60, new SplittableRandom(seed));

        Exchange fromLeft = new Exchange(pair.left(), pair.right()).run();
        Exchange fromRight = new Exchange(same.right(), same.left()).run();

        assertThat(fromRight.moved).isEqualTo(fromLeft.moved).hasSize(60);
        assertThat(same.left().elements()).isEqualTo(pair.left().elements());
    }

    @ParameterizedTest(name = "{0} elements, {1} differences")
    @CsvSource({
        "16,1",
        "17,1",
        "256,1",
        "257,5",
        "4096,1",
        "4097,40",
        "30000,1",
        "30000,100",
        "65536,100",
        "100000,1",
        "100000,10",
        "100000,100",
        "100000,400"
    })
    void exchange_fewDifferences_takesLogarithmicallyManyMessagesAndBytesInProportion(int size, int differences) {
        Replica.Pair pair = Replica.pair(size, differences, new SplittableRandom(SEED));

        Exchange exchange = new Exchange(pair.left(), pair.right()).run();

        int levels = ceilLog(size);
        assertThat(exchange.moved).isEqualTo(pair.differing());
        assertThat(exchange.messages).isLessThanOrEqualTo(levels + 1);
        long bytesPerDifference =
                25L * levels * Reconciler.BRANCH_FACTOR + (long) Reconciler.MAX_LIST * VersionedKey.BYTES;
        assertThat(exchange.claimBytes).isLessThanOrEqualTo(differences * bytesPerDifference);
        assertThat(exchange.keyBytes).isLessThanOrEqualTo(differences * 32L + exchange.messages * 4L);
    }

    @Test
    void exchange_hundredDifferencesInHundredThousand_staysBelowHundredKilobytesAndSixRoundTrips() {
        Replica.Pair pair = Replica.pair(100_000, 100, new SplittableRandom(SEED));

        Exchange exchange = new Exchange(pair.left(), pair.right()).run();

        assertThat(exchange.claimBytes + exchange.keyBytes).isLessThanOrEqualTo(100_000);
        assertThat(exchange.messages).isLessThanOrEqualTo(2 * 6);
    }

    @Test
    void exchange_tenTimesTheDifferences_costsAtMostTenTimesTheBytes() {
        SplittableRandom random = new SplittableRandom(SEED);
        Replica.Pair few = Replica.pair(20_000, 20, random);
        Replica.Pair many = Replica.pair(20_000, 200, random);

        long bytesForFew = new Exchange(few.left(), few.right()).run().claimBytes;
        long bytesForMany = new Exchange(many.left(), many.right()).run().claimBytes;

        assertThat(bytesForMany).isLessThanOrEqualTo(10 * bytesForFew);
    }

    @Test
    void answer_equalMaps_claimsNothing() {
        Replica.Pair pair = Replica.pair(5_000, 0, new SplittableRandom(SEED));

        Reconciler.Answer answer =
                pair.right().reconciler.answer(pair.left().reconciler.open());

        assertThat(answer).isEqualTo(new Reconciler.Answer(List.of(), List.of(), List.of()));
    }

    @Test
    void answer_emptyPeer_sendsAllAtOnce() {
        Replica full = Replica.pair(5_000, 0, new SplittableRandom(SEED)).left();

        Reconciler.Answer answer = full.reconciler.answer(new Replica().reconciler.open());

        assertThat(answer.toSend()).isEqualTo(full.elements());
        assertThat(answer.claims()).isEmpty();
    }

    @Test
    void answer_summaryOfNothing_sendsAllAtOnce() {
        Replica full = Replica.pair(5_000, 0, new SplittableRandom(SEED)).left();

        Reconciler.Answer answer =
                full.reconciler.answer(List.of(new RangeClaim.Summary(KeyRange.ALL, Fingerprint.ZERO, 0)));

        assertThat(answer.toSend()).isEqualTo(full.elements());
        assertThat(answer.claims()).isEmpty();
    }

    @Test
    void answer_noClaims_isEmpty() {
        Replica full = Replica.pair(50, 0, new SplittableRandom(SEED)).left();

        assertThat(full.reconciler.answer(List.of())).isEqualTo(new Reconciler.Answer(List.of(), List.of(), List.of()));
    }

    @Test
    void answer_listedVersions_sortsNewerFromOlder() {
        VersionedKey mineNewer = element(1, 5, 0);
        VersionedKey theirsNewer = element(2, 9, 0);
        VersionedKey tied = element(3, 7, 1);
        VersionedKey same = element(4, 7, 0);
        VersionedKey mineOnly = element(5, 7, 0);
        Replica replica = new Replica(List.of(mineNewer, element(2, 8, 0), tied, same, mineOnly));

        Reconciler.Answer answer = replica.reconciler.answer(List.of(new RangeClaim.Listing(
                KeyRange.ALL, List.of(element(1, 4, 0), theirsNewer, element(3, 7, 2), same, element(6, 7, 0)))));

        assertThat(answer.toSend()).containsExactly(mineNewer, tied, mineOnly);
        assertThat(answer.wanted()).containsExactly(theirsNewer, element(3, 7, 2), element(6, 7, 0));
        assertThat(answer.claims()).isEmpty();
    }

    @Test
    void exchange_emptyAgainstMoreThanOneAnswerHolds_movesAllInPortions() {
        Replica full = Replica.pair(2 * Reconciler.MAX_TO_SEND + 5_000, 0, new SplittableRandom(SEED))
                .left();
        Replica fromEmpty = new Replica();
        Replica toEmpty = new Replica();

        Reconciler.Answer first = full.reconciler.answer(fromEmpty.reconciler.open());
        new Exchange(fromEmpty, full).run();
        new Exchange(full, toEmpty).run();

        assertThat(first.toSend()).hasSize(Reconciler.MAX_TO_SEND);
        assertThat(first.claims()).hasSize(1);
        assertThat(fromEmpty.elements()).isEqualTo(full.elements());
        assertThat(toEmpty.elements()).isEqualTo(full.elements());
    }

    @Test
    void exchange_nothingInCommon_convergesThroughBoundedMessages() {
        SplittableRandom random = new SplittableRandom(SEED);
        Replica left = Replica.pair(40_000, 0, random).left();
        Replica right = Replica.pair(30_000, 0, random).right();

        Exchange exchange = new Exchange(left, right).run();

        assertThat(left.elements()).isEqualTo(right.elements()).hasSize(70_000);
        assertThat(exchange.moved).hasSize(70_000);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#few")
    void exchange_mapsChangeBetweenMessages_endsAndTheNextOneConverges(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Replica.Pair pair = Replica.pair(3_000, 100, random);
        Runnable churn = () -> {
            for (Replica side : List.of(pair.left(), pair.right())) {
                for (int i = 0; i < 100; i++) {
                    side.merge(Replica.randomElement(random));
                    side.index.remove(
                            side.index.select(random.nextInt(side.index.size())).key());
                }
            }
        };

        Exchange disturbed =
                new Exchange(pair.left(), pair.right()).betweenMessages(churn).run();
        Exchange quiet = new Exchange(pair.left(), pair.right()).run();

        assertThat(disturbed.messages).isLessThan(20);
        assertThat(quiet.messages).isLessThan(20);
        assertThat(pair.left().elements()).isEqualTo(pair.right().elements());
    }

    private static VersionedKey element(int key, int clock, int content) {
        return new VersionedKey(new KeyHash(key, 0), new HybridTimestamp(clock), content);
    }

    private static int ceilLog(int size) {
        int levels = 0;
        for (long reach = 1; reach < size; reach *= Reconciler.BRANCH_FACTOR) {
            levels++;
        }
        return levels;
    }
}
