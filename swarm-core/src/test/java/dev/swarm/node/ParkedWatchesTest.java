package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.LeafSet;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.manifest.SyncFrame;
import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ParkedWatchesTest {

    private static final Fingerprint SAME = new Fingerprint(1, 2);
    private static final Standing STANDING = new Standing(SAME, 3, 0);

    private static final BlobId BLOB = new BlobId(1, 2, 3, 4);
    private static final PeerAddress NEAR = PeerAddress.parse("10.0.1.1:1001");
    private static final PeerAddress FAR = PeerAddress.parse("10.0.2.1:1002");
    private static final long GAP = 1_000;
    private static final long DELAY = 10_000;
    private static final long MILLI = 1_000_000;
    private static final long LONG_GAP = 60 * MILLI;
    private static final int ASKERS = 10;

    private final List<Long> answered = new ArrayList<>();
    private final Set<Long> waiting = new HashSet<>();
    private final List<Long> inviting = new ArrayList<>();
    private int leaves;
    private boolean uplinkIdle;
    private long gap = GAP;
    private long delay = DELAY;
    private final ParkedWatches parked = new ParkedWatches(
            Scripted.of(NodeEffects.class, (method, given) -> {
                if (method.equals("isUplinkIdle")) {
                    return uplinkIdle;
                }
                answered.add((Long) given[0]);
                if (((Watch.Reply) given[1]).idle()) {
                    inviting.add((Long) given[0]);
                }
                return null;
            }),
            Scripted.of(ParkedWatches.Holdings.class, this::says),
            theirs -> SyncFrame.FINISHED,
            List::of,
            new Random(1));

    @Test
    void hurry_question_isAnsweredWithoutNewsAndOthersWaitOn() {
        park("a", 7, 0);
        park("b", 8, 0);
        parked.advance(STANDING, new Moment(1_000, 0));
        assertThat(answered).isEmpty();

        parked.hurry(7, 2_000);

        assertThat(parked.wakeAt()).isEqualTo(2_000);
        parked.advance(STANDING, new Moment(2_000, 0));
        assertThat(answered).containsExactly(7L);
        assertThat(parked.wakeAt()).isEqualTo(Watch.MAX_WAIT_NANOS);
    }

    @Test
    void hurry_questionThatIsAnswered_changesNothing() {
        park("a", 7, 0);

        parked.hurry(9, 2_000);

        parked.advance(STANDING, new Moment(2_000, 0));
        assertThat(answered).isEmpty();
    }

    @Test
    void advance_leavesKeepComing_whoIsFarAwayIsToldLessOften() {
        for (long now = 0; now < 2 * DELAY; now += GAP) {
            leaves++;
            int before = answered.size();
            for (PeerAddress address : List.of(NEAR, FAR)) {
                PeerId peer = new PeerId("at-" + address.port());
                parked.askedLately(peer, address, now);
                if (!waiting.contains((long) address.port())) {
                    waiting.add((long) address.port());
                    parked.park(peer, address.port(), question(List.of(new Watch.Want(BLOB, 0))), STANDING, now);
                }
            }
            parked.leavesChanged();
            parked.advance(STANDING, new Moment(now, 0));
            answered.subList(before, answered.size()).forEach(waiting::remove);
        }

        assertThat(answered).filteredOn(exchange -> exchange == NEAR.port()).hasSizeGreaterThan(10);
        assertThat(answered).filteredOn(exchange -> exchange == FAR.port()).hasSize(2);
    }

    @Test
    void advance_nothingIsToBeSent_threeAskersAreToldOfNewLeavesBeforeTheirTime() {
        tellAll(0);
        answered.clear();
        parkAll(1);
        leafCame(1);
        assertThat(answered).isEmpty();

        uplinkIdle = true;
        long idle = 10 * MILLI;
        advance(idle);

        assertThat(answered).hasSize(3);
        assertThat(inviting).isEqualTo(answered);
        advance(idle + MILLI);
        assertThat(answered).hasSize(3);
        assertThat(parked.wakeAt()).isEqualTo(idle + LONG_GAP / 4);
        advance(idle + LONG_GAP / 4);
        assertThat(answered).hasSize(6).doesNotHaveDuplicates();
    }

    @Test
    void advance_nothingIsToBeSentAndReportsAreFrequent_invitationsAreFiveMillisecondsApart() {
        tellAll(0);
        parkAll(1);
        leafCame(1);
        uplinkIdle = true;
        gap = 10 * MILLI;

        advance(MILLI);

        assertThat(inviting).hasSize(3);
        assertThat(parked.wakeAt()).isEqualTo(6 * MILLI);
    }

    @Test
    void advance_somethingIsToBeSent_nobodyIsInvited() {
        tellAll(0);
        parkAll(1);
        leafCame(1);

        advance(LONG_GAP + 1);

        assertThat(answered).hasSize(2 * ASKERS);
        assertThat(inviting).isEmpty();
    }

    @Test
    void advance_nothingIsToBeSentAndNothingIsNew_nobodyIsTold() {
        tellAll(0);
        parkAll(1);
        answered.clear();
        uplinkIdle = true;

        advance(10 * MILLI);

        assertThat(answered).isEmpty();
        assertThat(parked.wakeAt()).isGreaterThanOrEqualTo(LONG_GAP);
    }

    @Test
    void advance_nothingIsToBeSent_whoIsFarAwayIsNotInvited() {
        gap = LONG_GAP;
        delay = LONG_GAP;
        PeerId peer = new PeerId("far");
        parked.askedLately(peer, FAR, 0);
        leaves = 1;
        parked.park(peer, 1, question(List.of(new Watch.Want(BLOB, 0))), STANDING, 0);
        leafCame(0);
        parked.park(peer, 2, question(List.of(new Watch.Want(BLOB, 2))), STANDING, MILLI);
        leafCame(MILLI);
        uplinkIdle = true;

        advance(10 * MILLI);

        assertThat(answered).containsExactly(1L);
        advance(2 * LONG_GAP);
        assertThat(answered).containsExactly(1L, 2L);
    }

    /** Ten ask for a blob, and are told of its first leaf. */
    private void tellAll(long now) {
        gap = LONG_GAP;
        leaves = 1;
        for (int i = 0; i < ASKERS; i++) {
            parked.park(new PeerId("p" + i), i, question(List.of(new Watch.Want(BLOB, 0))), STANDING, now);
        }
        parked.leavesChanged();
        advance(now);
        assertThat(answered).hasSize(ASKERS);
    }

    private void parkAll(long now) {
        for (int i = 0; i < ASKERS; i++) {
            parked.park(new PeerId("p" + i), i, question(List.of(new Watch.Want(BLOB, 2))), STANDING, now);
        }
        advance(now);
    }

    private void leafCame(long now) {
        leaves++;
        parked.leavesChanged();
        advance(now);
    }

    private void advance(long now) {
        parked.advance(STANDING, new Moment(now, 0));
    }

    private @Nullable Object says(String method, Object[] given) {
        return switch (method) {
            case "reportGap" -> gap;
            case "reportDelay" -> given[0].equals(FAR) ? delay : 0L;
            case "news" -> ((Watch.Want) given[1]).knownVersion() == leaves + 1 ? null : share();
            default -> null;
        };
    }

    private Watch.Share share() {
        return Watch.Share.of(BLOB, LeafSet.of(64, IntStream.range(0, leaves).toArray()));
    }

    private void park(String peer, long exchange, long now) {
        parked.park(new PeerId(peer), exchange, question(List.of()), STANDING, now);
    }

    private static Watch.Question question(List<Watch.Want> wants) {
        return new Watch.Question(1531, true, SAME, SAME, 0, wants, true);
    }
}
