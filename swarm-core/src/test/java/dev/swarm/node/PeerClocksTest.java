package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerId;
import org.junit.jupiter.api.Test;

class PeerClocksTest {

    private static final long SECOND = 1_000_000_000L;

    private final PeerClocks clocks = new PeerClocks();

    private void told(String peer, long behindMillis, long seconds) {
        Moment now = at(seconds);
        clocks.told(new PeerId(peer), now.epochMillis() - behindMillis, now);
    }

    private static Moment at(long seconds) {
        return new Moment(seconds * SECOND, 1_000_000 + seconds * 1_000);
    }

    @Test
    void ahead_nobodyTold_isUnknown() {
        assertThat(clocks.aheadMillis(at(0))).isEmpty();
    }

    @Test
    void ahead_manyTold_isTheMiddleOne() {
        told("a", 7_000, 0);
        told("b", 7_100, 0);
        told("liar", -9_000_000_000L, 0);

        assertThat(clocks.aheadMillis(at(1))).hasValue(7_000);
    }

    @Test
    void ahead_twoDisagree_isTheBetterOfThem() {
        told("a", 12, 0);
        told("b", 90_000, 0);

        assertThat(clocks.aheadMillis(at(1))).hasValue(12);
    }

    @Test
    void ahead_peerTellsAgain_countsOnceAndAnew() {
        told("a", 9_000, 0);
        told("a", -6_000, 30);

        assertThat(clocks.aheadMillis(at(31))).hasValue(-6_000);
    }

    @Test
    void ahead_toldLongAgo_isForgotten() {
        told("a", 9_000, 0);

        assertThat(clocks.aheadMillis(at(61))).isEmpty();
    }

    @Test
    void ahead_ownClockIsSetAfterPeersTold_isSeenAtOnce() {
        told("a", 0, 0);
        told("b", 0, 20);
        Moment before = at(40);

        assertThat(clocks.aheadMillis(new Moment(before.nanos(), before.epochMillis() + 864_000_000)))
                .hasValue(864_000_000);
        assertThat(clocks.aheadMillis(before)).hasValue(0);
    }
}
