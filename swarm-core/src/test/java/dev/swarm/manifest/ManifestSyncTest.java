package dev.swarm.manifest;

import static dev.swarm.manifest.Fixtures.DAY;
import static dev.swarm.manifest.Fixtures.NOW;
import static dev.swarm.manifest.Fixtures.active;
import static dev.swarm.manifest.Fixtures.blob;
import static dev.swarm.manifest.Fixtures.entry;
import static dev.swarm.manifest.Fixtures.revoked;
import static dev.swarm.manifest.Fixtures.verified;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.crdt.Fingerprint;
import dev.swarm.crdt.InvalidClaimException;
import dev.swarm.crdt.KeyHash;
import dev.swarm.crdt.KeyRange;
import dev.swarm.crdt.RangeClaim;
import dev.swarm.crdt.VersionedKey;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ManifestSyncTest {

    private static final long LATER = NOW + 8 * DAY;

    @Test
    void exchange_equalManifests_endsAfterOneFrameOfFewBytes() {
        SyncNode a = new SyncNode(active("a", 1, NOW), active("b", 2, NOW));
        SyncNode b = new SyncNode(active("b", 2, NOW), active("a", 1, NOW));

        SyncNode.Exchange exchange = a.exchangeWith(b);

        assertThat(exchange.frames()).isEqualTo(1);
        assertThat(exchange.bytes()).isLessThan(128);
    }

    @Test
    void exchange_eachSideLacksSomething_bothHaveAll() {
        SyncNode a = new SyncNode(active("a", 1, NOW), active("a", 2, NOW), revoked("op", 3, NOW));
        SyncNode b = new SyncNode(active("a", 1, NOW), active("b", 2, NOW), active("op", 3, NOW - 1));

        a.exchangeWith(b);

        assertSame(a, b);
        assertThat(a.manifest.entries()).hasSize(4);
    }

    @Test
    void exchange_equalClocksAndOtherContent_agreesOnOne() {
        SyncNode a = new SyncNode(verified(entry("a", 1, NOW).size(1)));
        SyncNode b = new SyncNode(verified(entry("a", 1, NOW).size(2)));

        a.exchangeWith(b);

        assertSame(a, b);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.manifest.Fixtures#seeds")
    void exchange_tenNodesWithRandomPartners_converge(long seed) {
        Random random = new Random(seed);
        List<SyncNode> nodes =
                IntStream.range(0, 10).mapToObj(i -> new SyncNode()).toList();
        for (int i = 0; i < 200; i++) {
            long time = NOW + random.nextInt(30);
            String author = List.of("a", "b", "co", "op").get(random.nextInt(4));
            VerifiedEntry entry = random.nextBoolean()
                    ? active(author, random.nextInt(40), time)
                    : revoked(author, random.nextInt(40), time);
            nodes.get(random.nextInt(10)).manifest.merge(entry, NOW);
        }

        for (int round = 0; round < 12; round++) {
            List<SyncNode> order = new ArrayList<>(nodes);
            Collections.shuffle(order, random);
            for (int i = 0; i < 10; i++) {
                order.get(i).exchangeWith(order.get((i + 1) % 10));
            }
        }

        nodes.forEach(node -> assertSame(node, nodes.get(0)));
    }

    @Test
    void exchange_fewDifferencesInMany_costsInProportionToThem() {
        VerifiedEntry[] shared =
                IntStream.range(0, 5_000).mapToObj(i -> active("op", i, NOW)).toArray(VerifiedEntry[]::new);
        SyncNode a = new SyncNode(shared);
        SyncNode b = new SyncNode(shared);
        a.manifest.merge(active("a", 1, NOW), NOW);
        b.manifest.merge(revoked("op", 77, NOW + 1), NOW);

        SyncNode.Exchange exchange = a.exchangeWith(b);

        assertSame(a, b);
        assertThat(exchange.bytes()).isLessThan(8_000);
        assertThat(exchange.frames()).isLessThanOrEqualTo(8);
    }

    @Test
    void exchange_newMember_receivesAllInFullFrames() {
        VerifiedEntry[] all =
                IntStream.range(0, 3_000).mapToObj(i -> active("op", i, NOW)).toArray(VerifiedEntry[]::new);
        SyncNode old = new SyncNode(all);
        SyncNode fresh = new SyncNode();

        assertThat(fresh.exchangeWith(old).more()).isTrue();
        SyncNode.Exchange total = fresh.synchroniseWith(old);

        assertSame(fresh, old);
        assertThat(total.more()).isFalse();
        assertThat(total.frames()).isLessThan(60);
    }

    @Test
    void exchange_moreThanAFrame_operatorsAndNewestGoFirst() {
        SyncNode old =
                new SyncNode(ManifestPolicy.builder().maxEntriesPerAuthor(5_000).build(), NOW);
        IntStream.range(0, 3_000).forEach(i -> old.manifest.merge(active("a", i, NOW + i), NOW));
        old.manifest.merge(revoked("op", 5_000, NOW - DAY), NOW);
        SyncNode fresh = new SyncNode();

        fresh.exchangeWith(old);

        assertThat(fresh.manifest.entries().size()).isBetween(100, 2_000);
        assertThat(fresh.manifest.blob(blob(5_000))).isNotNull();
        assertThat(fresh.manifest.blob(blob(2_999))).isNotNull();
        assertThat(fresh.manifest.blob(blob(0))).isNull();
    }

    @Test
    void exchange_nodeThatMissedAPrunedRevocation_learnsItAndDoesNotBringTheBlobBack() {
        SyncNode there = new SyncNode(ManifestPolicy.defaults(), LATER, active("a", 1, NOW), revoked("op", 1, NOW + 1));
        there.manifest.prune(LATER, ManifestCrdt.REVOKED_WINDOW);
        SyncNode back = new SyncNode(ManifestPolicy.defaults(), LATER, active("a", 1, NOW), active("b", 1, NOW));

        for (int i = 0; i < 3; i++) {
            back.exchangeWith(there);
            there.exchangeWith(back);
        }

        BlobView seen = back.manifest.blob(blob(1));
        assertThat(seen).isNotNull();
        assertThat(seen.state()).isEqualTo(EntryState.REVOKED);
        assertThat(there.manifest.blob(blob(1))).isNull();

        back.manifest.prune(LATER, ManifestCrdt.REVOKED_WINDOW);
        assertSame(back, there);
    }

    @Test
    void exchange_nodeThatMissedAnAuthorsPrunedRevocation_learnsIt() {
        SyncNode there = new SyncNode(ManifestPolicy.defaults(), LATER, revoked("a", 1, NOW + 1));
        there.manifest.prune(LATER, ManifestCrdt.REVOKED_WINDOW);
        SyncNode back = new SyncNode(ManifestPolicy.defaults(), LATER, active("a", 1, NOW));

        there.exchangeWith(back);
        back.exchangeWith(there);

        assertThat(back.manifest.blobs()).extracting(BlobView::state).containsExactly(EntryState.REVOKED);
    }

    @Test
    void exchange_entryThatTheGateRefused_isAskedForOnce() {
        SyncNode gated =
                new SyncNode(ManifestPolicy.builder().seeding(Gate.NONE).build(), NOW, active("op", 2, NOW));
        SyncNode other = new SyncNode(active("a", 1, NOW));

        gated.exchangeWith(other);
        int after = gated.refused();
        SyncNode.Exchange again = other.exchangeWith(gated);
        SyncFrame answer = ManifestSync.over(gated.manifest).answer(listing(other.manifest));

        assertThat(after).isEqualTo(1);
        assertThat(again.changed()).isFalse();
        assertThat(answer.wanted()).isEmpty();
    }

    @Test
    void answer_manyClaimsToAnswer_staysWithinTheFrame() {
        SyncNode node = new SyncNode(
                IntStream.range(0, 20_000).mapToObj(i -> active("op", i, NOW)).toArray(VerifiedEntry[]::new));
        List<KeyHash> wanted = IntStream.range(0, 8_000)
                .mapToObj(i -> SignedEntry.hashOf(active("op", i, NOW).entry().key()))
                .sorted()
                .toList();
        List<RangeClaim> claims = slices(4_000);

        SyncFrame answer = ManifestSync.over(node.manifest).answer(new SyncFrame(claims, wanted, List.of(), false));

        assertThat(answer.encode().remaining()).isLessThanOrEqualTo(SyncFrame.MAX_BYTES);
        assertThat(answer.more()).isTrue();
        assertThat(answer.claims()).isNotEmpty();
        assertThat(answer.entries()).isNotEmpty();
        assertThat(answer.claims().get(answer.claims().size() - 1).range().until())
                .isEqualTo(KeyHash.MAX);
    }

    @Test
    void answer_unknownWantedKeys_areIgnored() {
        SyncFrame incoming = new SyncFrame(List.of(), List.of(new KeyHash(1, 2)), List.of(), false);

        assertThat(ManifestSync.over(Fixtures.manifest()).answer(incoming).isFinished())
                .isTrue();
    }

    @Test
    void answer_overlappingClaims_throws() {
        RangeClaim claim = new RangeClaim.Listing(KeyRange.ALL, List.of());
        SyncFrame incoming = new SyncFrame(List.of(claim, claim), List.of(), List.of(), false);

        assertThatThrownBy(() -> ManifestSync.over(Fixtures.manifest()).answer(incoming))
                .isInstanceOf(InvalidClaimException.class);
    }

    @Test
    void answer_deadEntryThatNobodyListed_bringsTheRevocationThatEndedIt() {
        SyncNode there = new SyncNode(revoked("a", 1, NOW + 1));
        there.manifest.prune(LATER, ManifestCrdt.REVOKED_WINDOW);
        SignedEntry dead = active("a", 1, NOW).signed();

        SyncFrame answer =
                ManifestSync.over(there.manifest).answer(new SyncFrame(List.of(), List.of(), List.of(dead), false));

        assertThat(answer.entries()).containsExactly(revoked("a", 1, NOW + 1).signed());
    }

    @Test
    void answer_authorSpokeAgainAfterAPrunedRevocation_bringsTheLaterWord() {
        SyncNode there = new SyncNode(active("a", 1, NOW), revoked("op", 1, NOW + 1));
        there.manifest.prune(LATER, ManifestCrdt.REVOKED_WINDOW);
        VerifiedEntry again = active("op", 1, NOW + 5);
        there.manifest.merge(again, LATER);
        SyncNode back = new SyncNode(active("a", 1, NOW), revoked("op", 1, NOW + 1));

        back.exchangeWith(there);
        there.exchangeWith(back);

        assertThat(back.manifest.entry(again.entry().key())).isEqualTo(again);
    }

    @Test
    void over_foreignManifest_throws() {
        ManifestCrdt foreign = (ManifestCrdt) Proxy.newProxyInstance(
                ManifestCrdt.class.getClassLoader(), new Class<?>[] {ManifestCrdt.class}, (p, m, a) -> null);

        assertThatThrownBy(() -> ManifestSync.over(foreign)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Claims with wrong sums that cover every key. */
    private static List<RangeClaim> slices(int count) {
        List<RangeClaim> claims = new ArrayList<>();
        KeyHash from = KeyHash.MIN;
        for (int i = 1; i <= count; i++) {
            KeyHash until = i == count ? KeyHash.MAX : new KeyHash(Long.divideUnsigned(-1L, count) * i, 0);
            claims.add(new RangeClaim.Summary(new KeyRange(from, until), new Fingerprint(i, i), 1));
            from = until;
        }
        return claims;
    }

    private static SyncFrame listing(ManifestCrdt manifest) {
        return new SyncFrame(
                List.of(new RangeClaim.Listing(
                        KeyRange.ALL,
                        manifest.entries().stream()
                                .map(SignedEntry::version)
                                .sorted(Comparator.comparing(VersionedKey::key))
                                .toList())),
                List.of(),
                List.of(),
                false);
    }

    private static void assertSame(SyncNode a, SyncNode b) {
        assertThat(a.manifest.digest()).isEqualTo(b.manifest.digest());
        assertThat(a.manifest.entries()).isEqualTo(b.manifest.entries());
    }
}
