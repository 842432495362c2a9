package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.peer.HintSource;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstContactTest {

    private static final PeerId SELF = new PeerId("self");
    private static final PeerAddress ALIVE = PeerAddress.parse("10.9.9.9:1531");
    private static final Standing STANDING = new Standing(new Fingerprint(1, 2), 3, 0);
    private static final long SECOND = 1_000_000_000L;
    private static final long HOUR_MILLIS = 3_600_000;

    /** A packet that is lost is an attempt of so long. */
    private static final long CONNECT_NANOS = 3_500_000_000L;

    private final PeerMap peers = PeerMap.create(SELF, PeerMap.DEFAULT_MAX_PEERS);
    private final PriorityQueue<Attempt> attempts = new PriorityQueue<>(Comparator.comparingLong(Attempt::endsAt));
    private final Map<PeerAddress, Integer> tried = new HashMap<>();
    private long now;
    private int mostAtOnce;
    private long connectNanos = CONNECT_NANOS;
    private Neighbourhood neighbourhood;

    /** One connection that is tried. */
    private record Attempt(PeerAddress peer, long ask, long endsAt) {}

    private void begin(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        NodeEffects effects = Scripted.of(NodeEffects.class, (method, given) -> {
            if (method.equals("watch")) {
                PeerAddress peer = (PeerAddress) given[0];
                int times = tried.merge(peer, 1, Integer::sum);
                attempts.add(new Attempt(peer, (Long) given[1], endOf(peer, times)));
                mostAtOnce = Math.max(mostAtOnce, attempts.size());
                return null;
            }
            return 0L;
        });
        neighbourhood = new Neighbourhood(SELF, 1531, peers, effects, random);
    }

    /** The first question is answered at once; the next ones wait for news. */
    private long endOf(PeerAddress peer, int times) {
        if (!peer.equals(ALIVE)) {
            return now + connectNanos;
        }
        return times == 1 ? now + 1 : Long.MAX_VALUE;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void advance_operatorNamesThePeerThatLives_isInTouchAtOnceWhateverElseIsKnown(long seed) {
        begin(seed);
        remember(2_000, 1);
        peers.hint(ALIVE, HintSource.OPERATOR, now);

        assertThat(secondsToContact()).isLessThan(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void advance_onlyOneOfManyAddressesLives_isFoundInTheFirstRound(long seed) {
        begin(seed);
        remember(1_000, 1);
        peers.hint(ALIVE, HintSource.earlierRun(HOUR_MILLIS), now);

        assertThat(secondsToContact()).isLessThan(1_000.0 / Solitude.MOST * 3.5 + 15);
        assertThat(mostAtOnce).isEqualTo(Solitude.MOST);
        assertThat(tried.values()).allSatisfy(times -> assertThat(times).isLessThanOrEqualTo(2));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void advance_theOneThatLivesWasSeenLast_isInTouchAtOnce(long seed) {
        begin(seed);
        remember(1_000, 72);
        peers.hint(ALIVE, HintSource.earlierRun(0), now);

        assertThat(secondsToContact()).isLessThan(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void advance_manyProvenPeersAreGone_hintIsTriedInTheFirstRounds(long seed) {
        begin(seed);
        for (int i = 0; i < 500; i++) {
            peers.proven(address(i), new PeerId("gone-" + i), now);
        }
        peers.hint(ALIVE, now);

        assertThat(secondsToContact()).isLessThan(5);
    }

    @Test
    void advance_nobodyLives_everyAddressIsTriedOnceBeforeAnyIsAThirdTime() {
        begin(1);
        remember(300, 1);
        for (int i = 300; i < 600; i++) {
            peers.proven(address(i), new PeerId("gone-" + i), now);
        }
        while (tried.size() < 600) {
            runUntil(now + SECOND);
            assertThat(tried.values()).allSatisfy(times -> assertThat(times).isLessThanOrEqualTo(2));
        }

        assertThat(now).isLessThan(200 * SECOND);
    }

    @Test
    void advance_allAnswer_neverTriesMoreThanItNeeds() {
        begin(1);
        for (int i = 0; i < 100; i++) {
            peers.hint(address(i), now);
        }

        neighbourhood.advance(List.of(), List.of(), STANDING, now);

        assertThat(mostAtOnce).isEqualTo(Neighbourhood.SOUGHT);
    }

    @Test
    void advance_allRefuseAtOnce_triesNoMoreThanItNeeds() {
        begin(1);
        remember(1_000, 1);
        connectNanos = SECOND / 10;

        runUntil(60 * SECOND);

        assertThat(tried).hasSizeGreaterThan(900);
        assertThat(mostAtOnce).isEqualTo(Neighbourhood.SOUGHT);
    }

    @Test
    void askedBy_whileManyAreTriedInVain_whoComesIsMet() {
        begin(1);
        remember(200, 1);
        runUntil(60 * SECOND);
        assertThat(attempts).hasSize(Solitude.MOST);

        neighbourhood.askedBy(new PeerId("alive"), hinted(), now);

        assertThat(neighbourhood.isNeighbour(ALIVE)).isTrue();
    }

    @Test
    void advance_inTouchWithOne_looksForNoMoreAtOnceThanAtFirst() {
        begin(1);
        remember(200, 1);
        runUntil(60 * SECOND);
        assertThat(mostAtOnce).isEqualTo(Solitude.MOST);
        neighbourhood.meet(hinted(), now);
        runUntil(now + 10 * SECOND);
        runUntil(now + 10 * SECOND);
        mostAtOnce = 0;
        runUntil(now + 60 * SECOND);

        assertThat(mostAtOnce)
                .as("with one that is met on a stroll")
                .isBetween(Neighbourhood.SOUGHT, Neighbourhood.SOUGHT + 1);
    }

    @Test
    void advance_namedPeerHasNeverAnswered_isMetOnAStrollThoughThereAreNeighboursEnough() {
        begin(1);
        for (int i = 0; i < 1_000; i++) {
            peers.proven(address(i), new PeerId("known-" + i), now);
        }
        neighbourhood.advance(List.of(), List.of(), STANDING, now);
        for (Attempt attempt : List.copyOf(attempts)) {
            neighbourhood.answered(attempt.ask(), new PeerId("p-" + attempt.ask()), reply(), STANDING.manifest(), now);
        }
        attempts.clear();
        peers.hint(ALIVE, HintSource.OPERATOR, now);
        for (int strolls = 0; strolls < 20 && !tried.containsKey(ALIVE); strolls++) {
            now = Math.max(now + 1, neighbourhood.wakeAt());
            neighbourhood.advance(List.of(), List.of(), STANDING, now);
        }

        assertThat(tried).containsKey(ALIVE);
    }

    private PeerAddress hinted() {
        peers.hint(ALIVE, now);
        return ALIVE;
    }

    private void remember(int count, long hoursBefore) {
        for (int i = 0; i < count; i++) {
            peers.hint(address(i), HintSource.earlierRun(hoursBefore * HOUR_MILLIS), now);
        }
    }

    private double secondsToContact() {
        runUntil(3_600 * SECOND);
        assertThat(tried).containsKey(ALIVE);
        return now / 1e9;
    }

    /** Runs until the living peer answers, or for so long. */
    private void runUntil(long end) {
        List<BlobId> none = List.of();
        neighbourhood.advance(none, none, STANDING, now);
        while (now < end) {
            Attempt next = attempts.peek();
            long wake = Math.min(neighbourhood.wakeAt(), neighbourhood.lookAt(false));
            if (next != null && next.endsAt() <= wake) {
                attempts.remove();
                now = next.endsAt();
                if (next.peer().equals(ALIVE)) {
                    neighbourhood.answered(next.ask(), new PeerId("alive"), reply(), STANDING.manifest(), now);
                    return;
                }
                neighbourhood.failed(next.ask(), now);
            } else {
                now = Math.max(now + 1, Math.min(wake, end));
            }
            neighbourhood.advance(none, none, STANDING, now);
        }
    }

    private static PeerAddress address(int number) {
        return PeerAddress.parse("10.90." + number / 250 + "." + (number % 250 + 1) + ":1531");
    }

    private static Watch.Reply reply() {
        return new Watch.Reply(
                STANDING.manifest(),
                STANDING.entries(),
                STANDING.denyList(),
                0,
                SyncFrame.FINISHED,
                new ArrayList<>(),
                List.of());
    }
}
