package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class NeighbourhoodTest {

    private static final PeerId SELF = new PeerId("self");
    private static final BlobId WANTED = new BlobId(1, 2, 3, 4);
    private static final Standing STANDING = new Standing(new Fingerprint(1, 2), 3, 0);
    private static final RandomGenerator RANDOM =
            RandomGeneratorFactory.of("L64X128MixRandom").create(7);

    private final PeerMap peers = PeerMap.create(SELF, 1_000);
    private final Map<Long, PeerAddress> asked = new LinkedHashMap<>();
    private final Map<PeerAddress, Long> roundTrips = new HashMap<>();
    private final Neighbourhood neighbourhood = new Neighbourhood(SELF, 1531, peers, effects(), RANDOM);

    private NodeEffects effects() {
        return Scripted.of(NodeEffects.class, (method, given) -> {
            if (method.equals("roundTripNanos")) {
                return roundTrips.getOrDefault(given[0], 0L);
            }
            assertThat(method).isEqualTo("watch");
            asked.put((Long) given[1], (PeerAddress) given[0]);
            return null;
        });
    }

    private static PeerAddress address(int network, int host) {
        return PeerAddress.parse("10.0." + network + "." + host + ":1531");
    }

    @Test
    void askedBy_manyWhoComeFirst_leaveRoomForThoseThatItChooses() {
        for (int i = 1; i <= 100; i++) {
            peers.hint(address(6, i), 0);
            neighbourhood.askedBy(new PeerId("came-" + i), address(6, i), 0);
        }
        assertThat(neighbourhood.isNeighbour(address(6, 1))).isTrue();
        for (int i = 1; i <= 100; i++) {
            peers.hint(address(1, i), 0);
        }

        neighbourhood.advance(List.of(), List.of(), STANDING, 0);

        assertThat(asked.values()).hasSize(Neighbourhood.MAX_IDLE + Neighbourhood.SOUGHT);
    }

    @Test
    void advance_nothingReceived_neighboursBeyondTheMostAreLeftWhenTheyHaveAnswered() {
        for (int i = 1; i <= 20; i++) {
            peers.hint(address(1, i), 0);
            neighbourhood.meet(address(1, i), 0);
        }
        neighbourhood.advance(List.of(), List.of(), STANDING, 0);
        assertThat(asked).hasSize(20);

        answer(Map.copyOf(asked));

        assertThat(asked).hasSize(Neighbourhood.MAX_IDLE);
    }

    @Test
    void advance_asManyAsItKeepsCameByThemselves_leavesSomeOfThemForThoseThatItChose() {
        for (int i = 1; i <= Neighbourhood.MAX_IDLE; i++) {
            peers.hint(address(6, i), 0);
            neighbourhood.askedBy(new PeerId("peer-" + i), address(6, i), 0);
        }
        neighbourhood.advance(List.of(), List.of(), STANDING, 0);
        answer(Map.copyOf(asked));
        Map<Long, PeerAddress> came = Map.copyOf(asked);
        asked.clear();
        for (int i = 1; i <= Neighbourhood.SOUGHT; i++) {
            peers.hint(address(1, i), 0);
        }
        neighbourhood.advance(List.of(), List.of(), STANDING, 0);
        Map<Long, PeerAddress> chosen = Map.copyOf(asked);

        answer(chosen);
        assertThat(chosen.values()).hasSize(Neighbourhood.SOUGHT).allMatch(neighbourhood::isNeighbour);
        answer(came);

        assertThat(came.values())
                .filteredOn(neighbourhood::isNeighbour)
                .hasSize(Neighbourhood.MAX_IDLE - Neighbourhood.SOUGHT);
    }

    @Test
    void wakeAt_neighbourThatWasToBeAskedLaterIsLeft_isNotWhenThatWas() {
        peers.hint(address(1, 1), 0);
        neighbourhood.meet(address(1, 1), 0);
        for (int i = 0; i < 2; i++) {
            neighbourhood.advance(List.of(), List.of(), STANDING, i);
            long ask = asked.keySet().iterator().next();
            asked.clear();
            neighbourhood.answered(ask, new PeerId("hasty"), reply(STANDING), STANDING.manifest(), i);
        }
        neighbourhood.advance(List.of(), List.of(), STANDING, 1);
        assertThat(neighbourhood.wakeAt()).isEqualTo(1 + AskPace.WITHOUT_NEWS_NANOS);

        neighbourhood.leave(address(1, 1));

        assertThat(neighbourhood.wakeAt()).isGreaterThan(1 + AskPace.WITHOUT_NEWS_NANOS);
    }

    @Test
    void advance_firstAnswerTellsNothing_isAskedAgainAtOnce() {
        Standing nothing = Standing.UNKNOWN;
        peers.hint(address(1, 1), 0);
        neighbourhood.meet(address(1, 1), 0);
        neighbourhood.advance(List.of(), List.of(), nothing, 0);
        long first = asked.keySet().iterator().next();
        asked.clear();

        neighbourhood.answered(first, new PeerId("new"), reply(nothing), nothing.manifest(), 1);
        neighbourhood.advance(List.of(), List.of(), nothing, 1);

        assertThat(asked).hasSize(1);
    }

    @Test
    void advance_neighbourAnswersAtOnceWithoutNews_isAskedOnceASecond() {
        peers.hint(address(1, 1), 0);
        neighbourhood.meet(address(1, 1), 0);
        long now = 0;
        int questions = 0;
        neighbourhood.advance(List.of(), List.of(), STANDING, now);
        while (now < 10_000_000_000L) {
            for (long ask : List.copyOf(asked.keySet())) {
                questions++;
                asked.remove(ask);
                neighbourhood.answered(ask, new PeerId("hasty"), reply(STANDING), STANDING.manifest(), now);
            }
            neighbourhood.advance(List.of(), List.of(), STANDING, now);
            now = asked.isEmpty() ? neighbourhood.wakeAt() : now + 1;
        }

        assertThat(questions).isBetween(10, 12);
    }

    @Test
    void toCompareWith_neighbourHasFewerEntries_isLeftToItForAWhile() {
        peers.hint(address(1, 1), 0);
        neighbourhood.meet(address(1, 1), 0);
        neighbourhood.advance(List.of(), List.of(), STANDING, 0);
        Standing fewer = new Standing(new Fingerprint(7, 7), 2, 0);
        asked.keySet()
                .forEach(ask -> neighbourhood.answered(ask, new PeerId("peer"), reply(fewer), STANDING.manifest(), 1));

        assertThat(neighbourhood.toCompareWith(STANDING, new RecentChanges(), 1))
                .isNull();
        assertThat(neighbourhood.toCompareWith(STANDING, new RecentChanges(), neighbourhood.wakeAt()))
                .isNotNull();
    }

    @Test
    void endSync_somethingWasLeftOut_isRepeatedAtOnceForAsLongAsItBringsSomething() {
        RecentChanges changes = new RecentChanges();
        peers.hint(address(1, 1), 0);
        neighbourhood.meet(address(1, 1), 0);
        neighbourhood.advance(List.of(), List.of(), STANDING, 0);
        Standing theirs = new Standing(new Fingerprint(7, 7), 1_000, 0);
        asked.keySet()
                .forEach(ask -> neighbourhood.answered(ask, new PeerId("peer"), reply(theirs), STANDING.manifest(), 1));
        Neighbourhood.Neighbour peer = neighbourhood.toCompareWith(STANDING, changes, 1);
        Standing after = new Standing(new Fingerprint(3, 3), 503, 0);

        long first = neighbourhood.startSync(peer, STANDING.manifest(), 1);
        peer.leftSomethingOut();
        neighbourhood.endSync(first, after.manifest(), 2);
        assertThat(neighbourhood.toCompareWith(after, changes, 2)).isEqualTo(peer);

        long second = neighbourhood.startSync(peer, after.manifest(), 2);
        peer.leftSomethingOut();
        neighbourhood.endSync(second, after.manifest(), 3);
        assertThat(neighbourhood.toCompareWith(after, changes, 3)).isNull();
    }

    @Test
    void gave_afterALongSilence_isAskedAnewThoughAQuestionWaits() {
        PeerAddress peer = address(1, 1);
        peers.hint(peer, 0);
        neighbourhood.meet(peer, 0);
        neighbourhood.advance(List.of(), List.of(), STANDING, 0);
        Map.copyOf(asked)
                .keySet()
                .forEach(ask -> neighbourhood.answered(
                        ask, new PeerId("peer"), reply(STANDING), STANDING.manifest(), 1_000_000_000L));
        neighbourhood.advance(List.of(), List.of(), STANDING, 1_000_000_000L);
        asked.clear();

        neighbourhood.gave(peer, 3_900_000_000L);
        neighbourhood.advance(List.of(), List.of(), STANDING, 3_900_000_000L);
        assertThat(asked).as("while it speaks often enough").isEmpty();

        neighbourhood.gave(peer, 6_900_000_000L);
        neighbourhood.advance(List.of(), List.of(), STANDING, 6_900_000_000L);
        assertThat(asked.values()).containsExactly(peer);

        neighbourhood.advance(List.of(), List.of(), STANDING, 6_900_000_001L);
        assertThat(asked).hasSize(1);
    }

    @Test
    void advance_receiving_leavesPlacesForThoseWhoCome() {
        for (int i = 1; i <= 100; i++) {
            peers.hint(address(1, i), 0);
        }
        neighbourhood.advance(List.of(WANTED), List.of(), STANDING, 0);
        assertThat(asked).hasSize(Neighbourhood.MAX_NEIGHBOURS - Neighbourhood.KEPT_FREE);

        for (int i = 1; i <= 100; i++) {
            peers.hint(address(6, i), 0);
            neighbourhood.askedBy(new PeerId("came-" + i), address(6, i), 0);
        }
        neighbourhood.advance(List.of(WANTED), List.of(), STANDING, 0);
        assertThat(asked).hasSize(Neighbourhood.MAX_NEIGHBOURS);
    }

    @Test
    void advance_receivingWhileSomeAreFarAway_turnsToThoseWhoAreNearButForAFew() {
        hint(1, 40, 1);
        hint(2, 40, 50);

        neighbourhood.advance(List.of(WANTED), List.of(), STANDING, 0);

        assertThat(asked.values()).hasSize(Neighbourhood.MAX_NEIGHBOURS - Neighbourhood.KEPT_FREE);
        assertThat(asked.values()).filteredOn(neighbourhood::isFar).hasSize(Nearest.FAR_PLACES);
    }

    @Test
    void advance_nothingReceivedWhileMostAreFarAway_takesAnyone() {
        hint(1, 8, 1);
        hint(2, 80, 50);

        neighbourhood.advance(List.of(), List.of(), STANDING, 0);

        assertThat(asked.values()).hasSize(Neighbourhood.SOUGHT);
        assertThat(asked.values()).filteredOn(neighbourhood::isFar).isNotEmpty();
    }

    @Test
    void advance_nearPeersAreFoundLater_farAwayOnesGiveWay() {
        hint(1, 1, 1);
        hint(2, 40, 50);
        neighbourhood.advance(List.of(WANTED), List.of(), STANDING, 0);
        assertThat(asked.values()).filteredOn(neighbourhood::isFar).hasSizeGreaterThan(10);

        hint(3, 10, 1);
        neighbourhood.advance(List.of(WANTED), List.of(), STANDING, 1);

        for (int i = 1; i <= 10; i++) {
            assertThat(neighbourhood.isNeighbour(address(3, i))).isTrue();
        }
        assertThat(asked.values().stream().filter(neighbourhood::isNeighbour))
                .hasSize(Neighbourhood.MAX_NEIGHBOURS - Neighbourhood.KEPT_FREE);
    }

    @Test
    void askedBy_whileSomethingIsGivenAway_hasAsManyNeighboursAsWhoReceives() {
        neighbourhood.advance(List.of(), List.of(WANTED), STANDING, 0);
        for (int i = 1; i <= 100; i++) {
            peers.hint(address(6, i), 0);
            neighbourhood.askedBy(new PeerId("came-" + i), address(6, i), 0);
        }

        neighbourhood.advance(List.of(), List.of(WANTED), STANDING, 0);

        assertThat(asked).hasSize(Neighbourhood.MAX_NEIGHBOURS);
    }

    private void hint(int network, int hosts, long roundTripMillis) {
        for (int i = 1; i <= hosts; i++) {
            peers.hint(address(network, i), 0);
            roundTrips.put(address(network, i), roundTripMillis * 1_000_000);
        }
    }

    private void answer(Map<Long, PeerAddress> asks) {
        asked.clear();
        asks.forEach((ask, peer) -> {
            PeerId id = new PeerId(peer.toString().replace(':', '-'));
            neighbourhood.answered(ask, id, reply(STANDING), STANDING.manifest(), 1);
        });
        neighbourhood.advance(List.of(), List.of(), STANDING, 1);
    }

    private static Watch.Reply reply(Standing standing) {
        return new Watch.Reply(
                standing.manifest(),
                standing.entries(),
                standing.denyList(),
                0,
                SyncFrame.FINISHED,
                List.of(),
                List.of());
    }
}
