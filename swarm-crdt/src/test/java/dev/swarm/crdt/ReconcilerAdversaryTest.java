package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReconcilerAdversaryTest {

    private static final Fingerprint LIE = new Fingerprint(1, 1);

    private final Replica replica =
            Replica.pair(2_000, 0, new SplittableRandom(7)).left();

    @Test
    void range_inverted_isInvalid() {
        assertThatExceptionOfType(InvalidClaimException.class).isThrownBy(() -> range(5, 4));
    }

    @Test
    void range_empty_isInvalid() {
        assertThatExceptionOfType(InvalidClaimException.class).isThrownBy(() -> range(5, 5));
    }

    @Test
    void summary_negativeCount_isInvalid() {
        assertThatExceptionOfType(InvalidClaimException.class)
                .isThrownBy(() -> new RangeClaim.Summary(KeyRange.ALL, LIE, -1));
    }

    @Test
    void listing_tooLong_isInvalid() {
        List<VersionedKey> keys = ascending(0, Reconciler.MAX_LIST + 1);

        assertThatExceptionOfType(InvalidClaimException.class)
                .isThrownBy(() -> new RangeClaim.Listing(KeyRange.ALL, keys))
                .withMessageContaining("limit " + Reconciler.MAX_LIST);
    }

    @Test
    void listing_elementOutsideRange_isInvalid() {
        assertThatExceptionOfType(InvalidClaimException.class)
                .isThrownBy(() -> new RangeClaim.Listing(range(5, 6), ascending(6, 1)));
        assertThatExceptionOfType(InvalidClaimException.class)
                .isThrownBy(() -> new RangeClaim.Listing(range(5, 6), ascending(4, 1)));
    }

    @Test
    void listing_outOfOrderOrTwice_isInvalid() {
        List<VersionedKey> keys = new ArrayList<>(ascending(1, 3));
        Collections.reverse(keys);

        assertThatExceptionOfType(InvalidClaimException.class)
                .isThrownBy(() -> new RangeClaim.Listing(KeyRange.ALL, keys));
        assertThatExceptionOfType(InvalidClaimException.class)
                .isThrownBy(() -> new RangeClaim.Listing(KeyRange.ALL, List.of(keys.get(0), keys.get(0))));
    }

    @Test
    void answer_overlappingClaims_isInvalid() {
        assertInvalid(List.of(summary(0, 5), summary(4, 8)));
    }

    @Test
    void answer_descendingClaims_isInvalid() {
        assertInvalid(List.of(summary(4, 8), summary(0, 4)));
    }

    @Test
    void answer_sameClaimTwice_isInvalid() {
        assertInvalid(List.of(summary(4, 8), summary(4, 8)));
    }

    @Test
    void answer_tooManyClaims_isInvalid() {
        List<RangeClaim> claims = new ArrayList<>();
        for (int i = 0; i <= Reconciler.MAX_CLAIMS; i++) {
            claims.add(summary(i, i + 1));
        }

        assertInvalid(claims);
        claims.remove(claims.size() - 1);
        assertThat(replica.reconciler.answer(claims).claims()).isNotEmpty();
    }

    @Test
    void answer_tooManyListedElements_isInvalid() {
        List<RangeClaim> claims = new ArrayList<>();
        for (int i = 0; i * Reconciler.MAX_LIST <= Reconciler.MAX_LISTED; i++) {
            int from = i * Reconciler.MAX_LIST;
            claims.add(new RangeClaim.Listing(
                    range(from, from + Reconciler.MAX_LIST), ascending(from, Reconciler.MAX_LIST)));
        }

        assertInvalid(claims);
        claims.remove(claims.size() - 1);
        assertThat(replica.reconciler.answer(claims).wanted()).hasSize(Reconciler.MAX_LISTED);
    }

    @Test
    void answer_sameLieForever_costsTheSameEachTimeAndAsksForNothing() {
        List<RangeClaim> lie = List.of(new RangeClaim.Summary(KeyRange.ALL, LIE, Long.MAX_VALUE));
        Reconciler.Answer first = replica.reconciler.answer(lie);

        assertThat(first.claims()).hasSize(Reconciler.BRANCH_FACTOR);
        assertThat(first.toSend()).isEmpty();
        assertThat(first.wanted()).isEmpty();
        assertThat(replica.reconciler.answer(lie)).isEqualTo(first);
    }

    @Test
    void answer_rightFingerprintWrongCount_isADifference() {
        RangeClaim.Summary truth = replica.index.summarize(KeyRange.ALL);
        RangeClaim lie = new RangeClaim.Summary(KeyRange.ALL, truth.fingerprint(), truth.count() + 1);

        assertThat(replica.reconciler.answer(List.of(lie)).claims()).hasSize(Reconciler.BRANCH_FACTOR);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void answer_anyClaims_leavesTheIndexAloneAndAnswersWithinBounds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<VersionedKey> before = replica.elements();
        List<RangeClaim> claims = randomClaims(random);

        Reconciler.Answer answer = replica.reconciler.answer(claims);

        assertThat(replica.elements()).isEqualTo(before);
        assertThat(answer.toSend()).hasSizeLessThanOrEqualTo(Reconciler.MAX_TO_SEND);
        assertThat(before).containsAll(answer.toSend());
        byte[] encoded = ReconcileCodec.encodeClaims(answer.claims());
        assertThat(encoded.length).isLessThanOrEqualTo(ReconcileCodec.MAX_CLAIMS_BYTES);
        assertThat(ReconcileCodec.decodeClaims(encoded)).isEqualTo(answer.claims());
    }

    private List<RangeClaim> randomClaims(SplittableRandom random) {
        List<KeyHash> bounds = new ArrayList<>();
        for (int i = 1 + random.nextInt(40); i >= 0; i--) {
            bounds.add(
                    random.nextBoolean()
                            ? replica.index.select(random.nextInt(2_000)).key()
                            : new KeyHash(random.nextLong(), random.nextLong()));
        }
        List<KeyHash> sorted = bounds.stream().distinct().sorted().toList();
        List<RangeClaim> claims = new ArrayList<>();
        for (int i = 1; i < sorted.size(); i++) {
            if (random.nextInt(4) > 0) {
                claims.add(randomClaim(random, new KeyRange(sorted.get(i - 1), sorted.get(i))));
            }
        }
        return claims;
    }

    private RangeClaim randomClaim(SplittableRandom random, KeyRange range) {
        if (random.nextBoolean()) {
            return new RangeClaim.Summary(range, LIE, random.nextInt(3));
        }
        return new RangeClaim.Listing(range, replica.index.list(range, random.nextInt(Reconciler.MAX_LIST + 1)));
    }

    private void assertInvalid(List<RangeClaim> claims) {
        assertThatExceptionOfType(InvalidClaimException.class).isThrownBy(() -> replica.reconciler.answer(claims));
        assertThatExceptionOfType(InvalidClaimException.class).isThrownBy(() -> ReconcileCodec.encodeClaims(claims));
    }

    private static RangeClaim summary(long from, long until) {
        return new RangeClaim.Summary(range(from, until), LIE, 1);
    }

    private static KeyRange range(long from, long until) {
        return new KeyRange(new KeyHash(from, 0), new KeyHash(until, 0));
    }

    private static List<VersionedKey> ascending(int first, int count) {
        List<VersionedKey> keys = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            keys.add(new VersionedKey(new KeyHash(i, 0), HybridTimestamp.ZERO, 0));
        }
        return keys;
    }
}
