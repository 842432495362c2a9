package dev.swarm.transport.nio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerId;
import dev.swarm.transport.TransportLimits;
import dev.swarm.transport.nio.Slots.Grant;
import org.junit.jupiter.api.Test;

class SlotsTest {

    private static final PeerId A = new PeerId("a");
    private static final PeerId B = new PeerId("b");

    private final Slots slots = new Slots(TransportLimits.builder()
            .maxConnections(3)
            .reservedConnections(1)
            .maxConnectionsPerPeer(2)
            .build());

    @Test
    void take_oneIdentity_getsItsShareAndNoMore() {
        assertThat(slots.take(A)).isEqualTo(Grant.OPEN);
        assertThat(slots.take(A)).isEqualTo(Grant.OPEN);
        assertThat(slots.take(A)).isEqualTo(Grant.PEER_FULL);
    }

    @Test
    void release_oneOfAnIdentitysShare_makesRoomForAnother() {
        slots.take(A);
        slots.take(A);
        slots.release(A, Grant.OPEN);

        assertThat(slots.take(A)).isEqualTo(Grant.OPEN);
        assertThat(slots.take(A)).isEqualTo(Grant.PEER_FULL);
    }

    @Test
    void take_openPlacesGone_givesReservedThenNothing() {
        slots.take(A);
        slots.take(A);

        assertThat(slots.take(B)).isEqualTo(Grant.RESERVED);
        assertThat(slots.take(B)).isEqualTo(Grant.FULL);
    }

    @Test
    void promote_openPlaceFreed_succeedsOnce() {
        slots.take(A);
        slots.take(A);
        slots.take(B);
        assertThat(slots.promote()).isFalse();

        slots.release(A, Grant.OPEN);

        assertThat(slots.promote()).isTrue();
        assertThat(slots.promote()).isFalse();
    }

    @Test
    void release_refusedGrants_givesNothingBack() {
        slots.take(A);
        slots.take(A);
        slots.release(A, slots.take(A));

        assertThat(slots.take(A)).isEqualTo(Grant.PEER_FULL);
    }
}
