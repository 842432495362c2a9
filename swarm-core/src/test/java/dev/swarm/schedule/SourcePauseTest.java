package dev.swarm.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.peer.PeerAddress;
import dev.swarm.peer.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SourcePauseTest {

    private final Source source = new Source(PeerAddress.parse("10.0.0.1:1531"), new PeerId("peer"), 0);

    @Test
    void broke_eachTimeInARow_pausesTwiceAsLongUpToEightSeconds() {
        List<Long> pauses = new ArrayList<>();
        long now = 0;
        for (int i = 0; i < 6; i++) {
            source.broke(now);
            pauses.add(TimeUnit.NANOSECONDS.toMillis(source.pausedUntil() - now));
            assertThat(source.hasRoom(now)).isFalse();
            now = source.pausedUntil();
            assertThat(source.hasRoom(now)).isTrue();
        }

        assertThat(pauses).containsExactly(500L, 1_000L, 2_000L, 4_000L, 8_000L, 8_000L);
    }

    @Test
    void broke_afterALeafArrived_pausesBriefly() {
        source.broke(0);
        source.broke(0);
        source.asked(65_536, 0);

        source.arrived(65_536, 10);
        source.broke(10);

        assertThat(source.pausedUntil()).isEqualTo(10 + TimeUnit.MILLISECONDS.toNanos(500));
    }

    @Test
    void broke_manyRequestsAtOnce_pausesAsForOne() {
        for (int i = 0; i < 7; i++) {
            source.broke(i);
        }

        assertThat(source.pausedUntil()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
    }

    @Test
    void spoke_afterItsRequestsBroke_endsThePause() {
        source.broke(0);
        source.spoke();

        assertThat(source.hasRoom(1)).isTrue();
    }

    @Test
    void spoke_afterManyRequestsInARowBroke_staysPausedUntilALeafArrives() {
        long now = 0;
        for (int i = 0; i < 3; i++) {
            source.broke(now);
            source.spoke();
            now++;
        }
        assertThat(source.hasRoom(now)).isFalse();

        now = source.pausedUntil();
        source.asked(65_536, now);
        source.arrived(65_536, now);
        source.broke(now);
        source.spoke();

        assertThat(source.hasRoom(now)).isTrue();
    }

    @Test
    void spoke_withoutWhatItClaims_staysPaused() {
        source.lacked(0);
        source.spoke();

        assertThat(source.hasRoom(1)).isFalse();
    }
}
