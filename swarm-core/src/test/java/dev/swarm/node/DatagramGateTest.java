package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerAddress;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class DatagramGateTest {

    private static final long SECOND = 1_000_000_000L;

    private final DatagramGate gate = new DatagramGate();

    private static InetAddress source(int number) {
        return PeerAddress.parse("10.0." + number / 256 + "." + number % 256 + ":1531")
                .ip();
    }

    private int admitted(int source, int datagrams, long now) {
        int admitted = 0;
        for (int i = 0; i < datagrams; i++) {
            admitted += gate.admits(source(source), now) ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void admits_oneFloods_othersAreStillRead() {
        assertThat(admitted(1, 100_000, 0)).isEqualTo(100);
        assertThat(admitted(2, 10, 0)).isEqualTo(10);
        assertThat(gate.refused()).isEqualTo(99_900);
    }

    @Test
    void admits_floodGoesOn_takesTheRateOfOneSource() {
        admitted(1, 1_000, 0);
        int admitted = 0;
        for (int millis = 0; millis < 10_000; millis++) {
            admitted += admitted(1, 10, millis * 1_000_000L);
        }

        assertThat(admitted).isBetween(490, 510);
    }

    @Test
    void admits_manySources_takeTheRateOfAllTogether() {
        int first = 0;
        for (int source = 0; source < 10_000; source++) {
            first += admitted(source, 1, 0);
        }
        int later = 0;
        for (int source = 0; source < 10_000; source++) {
            later += admitted(source, 1, SECOND);
        }

        assertThat(first).isEqualTo(1_000);
        assertThat(later).isEqualTo(500);
    }

    @Test
    void admits_twoThousandNodesStartAtOnce_allThatTheySendIsRead() {
        for (int source = 0; source < 1_000; source++) {
            assertThat(gate.admits(source(source), source * 100_000L)).isTrue();
        }
    }
}
