package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerId;
import org.junit.jupiter.api.Test;

class PeerClocksTest {

    private static final long SECOND = 1_000_000_000L;

    private final PeerClocks clocks = new PeerClocks();

    private void told(String peer, long behindMillis, long seconds) {
        long own = 1_000_000 + seconds * 1_000;
        clocks.told(new PeerId(peer), own - behindMillis, new Moment(seconds * SECOND, own));
    }

    @Test
    void ahead_nobodyTold_isUnknown() {
        assertThat(clocks.aheadMillis(0)).isEmpty();
    }

    @Test
    void ahead_manyTold_isTheMiddleOne() {
        told("a", 7_000, 0);
        told("b", 7_100, 0);
        told("liar", -9_000_000_000L, 0);

        assertThat(clocks.aheadMillis(SECOND)).hasValue(7_000);
    }

    @Test
    void ahead_twoDisagree_isTheBetterOfThem() {
        told("a", 12, 0);
        told("b", 90_000, 0);

        assertThat(clocks.aheadMillis(SECOND)).hasValue(12);
    }

    @Test
    void ahead_peerTellsAgain_countsOnceAndAnew() {
        told("a", 9_000, 0);
        told("a", -6_000, 30);

        assertThat(clocks.aheadMillis(31 * SECOND)).hasValue(-6_000);
    }

    @Test
    void ahead_toldLongAgo_isForgotten() {
        told("a", 9_000, 0);

        assertThat(clocks.aheadMillis(61 * SECOND)).isEmpty();
    }
}
