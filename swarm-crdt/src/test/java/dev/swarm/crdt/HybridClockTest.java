package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HybridClockTest {

    private static final long NOW = 1_767_225_600_000L;

    private final HybridClock clock = new HybridClock();

    @Test
    void next_wallClockAdvances_followsItWithCounterZero() {
        clock.next(NOW);

        assertThat(clock.next(NOW + 1)).isEqualTo(HybridTimestamp.of(NOW + 1, 0));
    }

    @Test
    void next_wallClockStandsStill_counts() {
        clock.next(NOW);

        assertThat(clock.next(NOW)).isEqualTo(HybridTimestamp.of(NOW, 1));
    }

    @Test
    void next_wallClockStepsBack_staysAhead() {
        clock.next(NOW);

        assertThat(clock.next(NOW - 86_400_000)).isEqualTo(HybridTimestamp.of(NOW, 1));
    }

    @Test
    void next_counterFull_carriesIntoMillis() {
        clock.restore(HybridTimestamp.of(NOW, HybridTimestamp.MAX_COUNTER));

        assertThat(clock.next(NOW)).isEqualTo(HybridTimestamp.of(NOW + 1, 0));
    }

    @Test
    void next_lastTimestampIssued_throws() {
        clock.restore(new HybridTimestamp(-1));

        assertThatIllegalStateException().isThrownBy(() -> clock.next(NOW));
    }

    @Test
    void next_negativeWallClock_throwsAndKeepsState() {
        HybridTimestamp before = clock.next(NOW);

        assertThatIllegalArgumentException().isThrownBy(() -> clock.next(-1));
        assertThat(clock.last()).isEqualTo(before);
    }

    @Test
    void observe_remoteAtBound_isTakenIn() {
        HybridTimestamp remote = HybridTimestamp.of(NOW + 60_000, 9);

        assertThat(clock.observe(remote, NOW)).isTrue();
        assertThat(clock.next(NOW)).isEqualTo(HybridTimestamp.of(NOW + 60_000, 10));
    }

    @Test
    void observe_remoteBeyondBound_changesNothing() {
        HybridTimestamp before = clock.next(NOW);

        assertThat(clock.observe(HybridTimestamp.of(NOW + 60_001, 0), NOW)).isFalse();
        assertThat(clock.last()).isEqualTo(before);
    }

    @Test
    void observe_remoteBehind_isAcceptedAndChangesNothing() {
        HybridTimestamp before = clock.next(NOW);

        assertThat(clock.observe(HybridTimestamp.ZERO, NOW)).isTrue();
        assertThat(clock.last()).isEqualTo(before);
    }

    @Test
    void admits_withinBound_changesNothing() {
        assertThat(clock.admits(HybridTimestamp.of(NOW + 60_000, 0), NOW)).isTrue();
        assertThat(clock.admits(HybridTimestamp.of(NOW + 60_001, 0), NOW)).isFalse();
        assertThat(clock.admits(new HybridTimestamp(-1), NOW)).isFalse();
        assertThat(clock.last()).isEqualTo(HybridTimestamp.ZERO);
    }

    @Test
    void restore_earlierThanLast_changesNothing() {
        HybridTimestamp before = clock.next(NOW);

        clock.restore(HybridTimestamp.of(NOW - 1, 0));

        assertThat(clock.last()).isEqualTo(before);
    }

    @Test
    void construct_negativeBound_throws() {
        assertThatIllegalArgumentException().isThrownBy(() -> new HybridClock(-1));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void next_anyWallClockAndRemotes_strictlyIncreases(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        clock.restore(HybridTimestamp.of(NOW, random.nextInt(65_000, 65_536)));
        HybridTimestamp greatest = clock.last();
        for (int i = 0; i < 1_000; i++) {
            long wall = NOW + random.nextLong(-5, 5);
            HybridTimestamp remote = HybridTimestamp.of(NOW + random.nextLong(-5, 5), random.nextInt(65_536));
            if (random.nextInt(4) == 0 && clock.observe(remote, wall)) {
                greatest = HybridTimestamp.max(greatest, remote);
            }
            HybridTimestamp issued = clock.next(wall);
            assertThat(issued).isGreaterThan(greatest);
            greatest = issued;
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void next_clocksWithinSkew_neverRunFurtherAheadThanTheFastest(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        long[] skew = {random.nextLong(-500, 500), random.nextLong(-500, 500), random.nextLong(-500, 500)};
        HybridClock[] clocks = {new HybridClock(), new HybridClock(), new HybridClock()};
        for (int i = 0; i < 500; i++) {
            long now = NOW + i;
            int sender = random.nextInt(3);
            int receiver = random.nextInt(3);
            HybridTimestamp sent = clocks[sender].next(now + skew[sender]);
            assertThat(clocks[receiver].observe(sent, now + skew[receiver])).isTrue();
            HybridTimestamp reply = clocks[receiver].next(now + skew[receiver]);
            assertThat(reply).isGreaterThan(sent);
            assertThat(reply.epochMillis() - now).isLessThanOrEqualTo(500);
        }
    }
}
