package dev.swarm.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class WallClockTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long DAY_MILLIS = 86_400_000;

    private OptionalLong ahead = OptionalLong.empty();
    private final WallClock clock = new WallClock(now -> ahead);

    private static Moment at(long seconds, long aheadMillis) {
        return new Moment(seconds * SECOND, 1_800_000_000_000L + seconds * 1_000 + aheadMillis);
    }

    @Test
    void isSure_nobodyToCompareWith_aMinuteAfterTheStartAndAfterItWasSetForward() {
        clock.look(at(0, 0));
        assertThat(clock.at(at(59, 0)).isSure().getAsBoolean()).isFalse();
        assertThat(clock.at(at(60, 0)).isSure().getAsBoolean()).isTrue();

        clock.look(at(100, DAY_MILLIS));

        assertThat(clock.at(at(159, DAY_MILLIS)).isSure().getAsBoolean()).isFalse();
        assertThat(clock.at(at(160, DAY_MILLIS)).isSure().getAsBoolean()).isTrue();
    }

    @Test
    void agrees_nobodyToCompareWith_isNeverSaid() {
        clock.look(at(0, 0));

        assertThat(clock.at(at(1_000, 0)).agrees().getAsBoolean()).isFalse();
    }

    @Test
    void isWrongBy_aheadOfTheOnlyPeer_isNobodysFaultThatIsKnown() {
        clock.look(at(0, 0));
        ahead = OptionalLong.of(DAY_MILLIS);

        assertThat(clock.isWrongBy(at(1, 0), 1)).isEmpty();
        assertThat(clock.isWrongBy(at(1, 0), 2)).hasValue(DAY_MILLIS);
    }

    @Test
    void isWrongBy_setForwardBesideTheOnlyPeer_isWrongUntilItIsSetBack() {
        clock.look(at(0, 0));
        clock.look(at(1, DAY_MILLIS));
        ahead = OptionalLong.of(DAY_MILLIS);
        assertThat(clock.isWrongBy(at(2, DAY_MILLIS), 1)).hasValue(DAY_MILLIS);

        clock.look(at(3, 0));

        assertThat(clock.isWrongBy(at(4, 0), 1)).isEmpty();
    }

    @Test
    void isWrongBy_aMinuteAhead_isTakenByOthers() {
        clock.look(at(0, 0));
        ahead = OptionalLong.of(NodeMachine.MAX_AHEAD_MILLIS);

        assertThat(clock.isWrongBy(at(1, 0), 5)).isEmpty();
    }

    @Test
    void keepsAgreeing_isSaidOnceItHasAgreedForAMinuteAndWasNotSet() {
        clock.look(at(0, 0));
        assertThat(clock.keepsAgreeing(at(0, 0))).isFalse();
        ahead = OptionalLong.of(-NodeMachine.MAX_AHEAD_MILLIS);
        assertThat(clock.keepsAgreeing(at(100, 0))).isFalse();
        assertThat(clock.keepsAgreeing(at(159, 0))).isFalse();
        assertThat(clock.keepsAgreeing(at(160, 0))).isTrue();

        clock.look(at(170, -DAY_MILLIS));
        assertThat(clock.keepsAgreeing(at(171, -DAY_MILLIS))).isFalse();
        assertThat(clock.keepsAgreeing(at(231, -DAY_MILLIS))).isTrue();
    }

    @Test
    void keepsAgreeing_otherwiseThanThePeersOrNobodyThere_isNotSaid() {
        clock.look(at(0, 0));
        for (OptionalLong each : new OptionalLong[] {
            OptionalLong.empty(),
            OptionalLong.of(NodeMachine.MAX_AHEAD_MILLIS + 1),
            OptionalLong.of(-NodeMachine.MAX_AHEAD_MILLIS - 1)
        }) {
            ahead = OptionalLong.of(0);
            clock.keepsAgreeing(at(0, 0));
            ahead = each;
            assertThat(clock.keepsAgreeing(at(100, 0))).isFalse();
            ahead = OptionalLong.of(0);
            assertThat(clock.keepsAgreeing(at(101, 0))).isFalse();
        }
    }
}
