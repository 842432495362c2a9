package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Answers that reach a bound of one message; slot n holds the keys whose high half is n. */
class ReconcilerBoundsTest {

    private static final Fingerprint LIE = new Fingerprint(1, 1);

    private final Replica replica = new Replica();

    @Test
    void answer_moreSplitsThanOneMessageHolds_claimsTheRestAsOne() {
        fill(0, 1_024, 17);

        List<RangeClaim> claims = replica.reconciler.answer(lies(0, 1_024)).claims();

        int splits = Reconciler.MAX_CLAIMS / Reconciler.BRANCH_FACTOR - 1;
        assertThat(claims).hasSize(splits * Reconciler.BRANCH_FACTOR + 1);
        assertRestBegins(claims, splits, 1_024);
    }

    @Test
    void answer_moreListsThanOneMessageHolds_claimsTheRestAsOne() {
        fill(0, 1, 17);

        List<RangeClaim> claims =
                replica.reconciler.answer(lies(0, Reconciler.MAX_CLAIMS)).claims();

        assertThat(claims).hasSize(Reconciler.MAX_CLAIMS);
        assertRestBegins(claims, Reconciler.MAX_CLAIMS - Reconciler.BRANCH_FACTOR, Reconciler.MAX_CLAIMS);
    }

    @Test
    void answer_moreElementsListedThanOneMessageHolds_claimsTheRestAsOne() {
        int slots = Reconciler.MAX_LISTED / Reconciler.MAX_LIST;
        fill(0, slots + 5, Reconciler.MAX_LIST);

        List<RangeClaim> claims = replica.reconciler.answer(lies(0, slots + 5)).claims();

        assertThat(claims).hasSize(slots + 1);
        assertRestBegins(claims, slots, slots + 5);
    }

    @Test
    void answer_moreToSendThanOneAnswerHolds_stopsWithinTheClaim() {
        fill(0, 1, Reconciler.MAX_TO_SEND + 50);

        Reconciler.Answer answer = replica.reconciler.answer(List.of(new RangeClaim.Listing(slots(0, 1), List.of())));

        assertThat(answer.toSend()).hasSize(Reconciler.MAX_TO_SEND);
        assertThat(answer.claims()).hasSize(1);
        assertThat(answer.claims().get(0).range().from())
                .isEqualTo(element(0, Reconciler.MAX_TO_SEND, 5).key());
    }

    @Test
    void answer_sendListFillsUpWithinAListing_stopsAtTheNextOwnElement() {
        fill(0, 1, Reconciler.MAX_TO_SEND - 1);
        fill(1, 1, 4);
        List<VersionedKey> listed = List.of(element(1, 0, 5), element(1, 1, 5), element(1, 2, 4), element(1, 3, 4));

        Reconciler.Answer answer = replica.reconciler.answer(
                List.of(new RangeClaim.Listing(slots(0, 1), List.of()), new RangeClaim.Listing(slots(1, 2), listed)));

        assertThat(answer.toSend()).hasSize(Reconciler.MAX_TO_SEND);
        assertThat(answer.wanted()).isEmpty();
        KeyRange rest = new KeyRange(element(1, 3, 5).key(), new KeyHash(2, 0));
        assertThat(answer.claims()).containsExactly(replica.index.summarize(rest));
    }

    private void assertRestBegins(List<RangeClaim> claims, int firstSlot, int endSlot) {
        KeyRange rest = slots(firstSlot, endSlot);
        assertThat(claims.get(claims.size() - 1)).isEqualTo(replica.index.summarize(rest));
        for (int i = 1; i < claims.size(); i++) {
            assertThat(claims.get(i).range().from())
                    .isEqualTo(claims.get(i - 1).range().until());
        }
        assertThat(ReconcileCodec.decodeClaims(ReconcileCodec.encodeClaims(claims)))
                .isEqualTo(claims);
    }

    private void fill(int firstSlot, int slots, int elementsEach) {
        for (int slot = firstSlot; slot < firstSlot + slots; slot++) {
            for (int i = 0; i < elementsEach; i++) {
                replica.merge(element(slot, i, 5));
            }
        }
    }

    private static List<RangeClaim> lies(int firstSlot, int endSlot) {
        List<RangeClaim> claims = new ArrayList<>();
        for (int slot = firstSlot; slot < endSlot; slot++) {
            claims.add(new RangeClaim.Summary(slots(slot, slot + 1), LIE, 20));
        }
        return claims;
    }

    private static VersionedKey element(int slot, int number, int clock) {
        return new VersionedKey(new KeyHash(slot, number + 1), new HybridTimestamp(clock), 0);
    }

    private static KeyRange slots(int first, int end) {
        return new KeyRange(new KeyHash(first, 0), new KeyHash(end, 0));
    }
}
