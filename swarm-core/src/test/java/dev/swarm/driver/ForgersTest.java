package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerId;
import dev.swarm.peer.PeerMap;
import org.junit.jupiter.api.Test;

class ForgersTest {

    private static final PeerId PEER = new PeerId("peer");

    private final Forgers forgers = new Forgers();

    @Test
    void isRefused_threeForgeriesInAllFrames_forAnHourAndThenFromTheStart() {
        forgers.sent(PEER, 1, 0);
        forgers.sent(PEER, 0, 1);
        forgers.sent(PEER, 1, 2);
        assertThat(forgers.isRefused(PEER, 3)).isFalse();

        forgers.sent(PEER, 1, 4);

        assertThat(forgers.isRefused(PEER, 4 + PeerMap.BAN_NANOS - 1)).isTrue();
        assertThat(forgers.isRefused(PEER, 4 + PeerMap.BAN_NANOS)).isFalse();
        forgers.sent(PEER, 1, 5 + PeerMap.BAN_NANOS);
        assertThat(forgers.isRefused(PEER, 6 + PeerMap.BAN_NANOS)).isFalse();
    }

    @Test
    void isRefused_another_isNot() {
        forgers.sent(PEER, Forgers.MAX_FORGED, 0);

        assertThat(forgers.isRefused(new PeerId("other"), 1)).isFalse();
    }

    @Test
    void sent_moreNamesThanAreRemembered_isBounded() {
        for (int i = 0; i < 20_000; i++) {
            forgers.sent(new PeerId("peer-" + i), 1, i);
        }

        forgers.sent(PEER, Forgers.MAX_FORGED, 20_000);
        assertThat(forgers.isRefused(PEER, 20_001)).isTrue();
    }
}
