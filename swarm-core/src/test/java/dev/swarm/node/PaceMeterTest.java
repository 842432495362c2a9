package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.swarm.node.PaceMeter.State;
import dev.swarm.node.TransferPace.Bound;
import org.junit.jupiter.api.Test;

class PaceMeterTest {

    private static final long MILLI = 1_000_000L;
    private static final int KIB = 1 << 10;

    private final Downlink downlink = new Downlink();
    private long now = 50_000 * MILLI;
    private final PaceMeter meter = new PaceMeter(downlink, now);

    @Test
    void pace_nothingCame_hasNoRatio() {
        assertThat(meter.pace(now, 0)).isEqualTo(TransferPace.NONE);

        run(State.ASKED, 400, 0);

        assertThat(meter.pace(now, 0)).isEqualTo(new TransferPace(0, Bound.PEERS, 0));
    }

    @Test
    void pace_firstTransferAtAnEvenRate_isBoundByTheDownlinkAndNoLongerThanItHasToBe() {
        run(State.ASKED, 3_000, 100 * KIB);

        TransferPace pace = meter.pace(now, 7);

        assertThat(pace.bound()).isEqualTo(Bound.DOWNLINK);
        assertThat(pace.ratio()).isBetween(1.0, 1.05);
        assertThat(pace.duplicateBytes()).isEqualTo(7);
    }

    @Test
    void pace_shorterThanASecond_isAtItsOwnBest() {
        run(State.ASKED, 300, 1_000 * KIB);

        assertThat(meter.pace(now, 0).ratio()).isEqualTo(1.0, within(0.001));
    }

    @Test
    void pace_slowerThanAnEarlierTransferOfTheNode_isBoundByItsPeers() {
        PaceMeter earlier = new PaceMeter(downlink, now);
        earlier.sample(State.ASKED, now);
        for (int i = 0; i < 200; i++) {
            now += 10 * MILLI;
            earlier.arrived(800 * KIB, true, now);
        }
        now += 5_000 * MILLI;
        PaceMeter later = new PaceMeter(downlink, now);
        later.sample(State.ASKED, now);
        for (int i = 0; i < 200; i++) {
            now += 10 * MILLI;
            later.arrived(100 * KIB, true, now);
            later.sample(State.ASKED, now);
        }

        TransferPace pace = later.pace(now, 0);

        assertThat(pace.bound()).isEqualTo(Bound.PEERS);
        assertThat(pace.ratio()).isBetween(7.0, 8.1);
    }

    @Test
    void pace_mostlyWithNothingAskedFor_isBoundByTheSeeder() {
        run(State.ASKED, 1_000, 100 * KIB);
        run(State.IDLE, 1_500, 0);

        TransferPace pace = meter.pace(now, 0);

        assertThat(pace.bound()).isEqualTo(Bound.SEEDER);
        assertThat(pace.ratio()).isBetween(2.2, 2.6);
    }

    @Test
    void pace_mostlyWritesWaiting_isBoundByTheDisk() {
        run(State.ASKED, 1_000, 100 * KIB);
        run(State.WRITING, 1_500, 20 * KIB);

        assertThat(meter.pace(now, 0).bound()).isEqualTo(Bound.DISK);
    }

    @Test
    void pace_mostlyWithFarLessThanOnce_isBoundByItsPeers() {
        run(State.ASKED, 1_500, 100 * KIB);
        run(State.ASKED, 4_000, 10 * KIB);

        assertThat(meter.pace(now, 0).bound()).isEqualTo(Bound.PEERS);
    }

    @Test
    void arrived_again_countsForTheLineAndNotForTheTransfer() {
        run(State.ASKED, 2_000, 100 * KIB);
        double before = meter.pace(now, 0).ratio();
        meter.sample(State.ASKED, now);
        for (int i = 0; i < 200; i++) {
            now += 10 * MILLI;
            meter.arrived(100 * KIB, false, now);
            meter.sample(State.ASKED, now);
        }

        assertThat(meter.pace(now, 0).ratio()).isEqualTo(2 * before, within(0.1));
    }

    @Test
    void stop_runIsOver_takesNoMoreTime() {
        run(State.ASKED, 2_000, 100 * KIB);
        TransferPace before = meter.pace(now, 0);
        meter.stop();

        assertThat(meter.pace(now + 10_000 * MILLI, 0)).isEqualTo(before);
    }

    /** Bytes come every ten milliseconds. */
    private void run(State state, int millis, int bytesEachTime) {
        meter.sample(state, now);
        for (int i = 0; i < millis / 10; i++) {
            now += 10 * MILLI;
            if (bytesEachTime > 0) {
                meter.arrived(bytesEachTime, true, now);
            }
            meter.sample(state, now);
        }
    }
}
