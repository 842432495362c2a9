package dev.swarm.puddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SessionTest {

    private final AtomicLong nanos = new AtomicLong(-5);
    private final Session session = new Session(nanos::get, Duration.ofMinutes(15));
    private final byte[] secret = Fixtures.secret(1);
    private final byte[] device = Fixtures.secret(2);

    @Test
    void use_beforeOpening_isLocked() {
        assertThatThrownBy(this::use)
                .isInstanceOfSatisfying(
                        SwarmException.class, e -> assertThat(e.reason()).isEqualTo(SwarmException.Reason.LOCKED))
                .hasMessage("testing: the key is not in memory; unlock the identity with the passphrase");
    }

    @Test
    void isOpen_idleForFifteenMinutes_isOverAndTheKeyIsWiped() {
        session.open(new SealedSecret.Keys(secret, device));
        pass(Duration.ofMinutes(14));
        assertThat(session.isOpen()).isTrue();

        pass(Duration.ofMinutes(1));

        assertThat(session.isOpen()).isFalse();
        assertThat(session.hasLapsed()).isTrue();
        assertThat(session.hasLapsed()).isFalse();
        assertThat(secret).containsOnly(0);
        assertThat(device).containsOnly(0);
    }

    @Test
    void use_inTime_startsTheIdleTimeAnew() {
        session.open(new SealedSecret.Keys(secret, device));
        pass(Duration.ofMinutes(14));
        use();
        pass(Duration.ofMinutes(14));

        assertThat(session.isOpen()).isTrue();
    }

    @Test
    void use_overAWorkingDay_endsTheSessionAllTheSame() {
        session.open(new SealedSecret.Keys(secret, device));
        for (int i = 0; i < 8 * 6 - 1; i++) {
            pass(Duration.ofMinutes(10));
            use();
        }
        pass(Duration.ofMinutes(10));

        assertThatThrownBy(this::use).isInstanceOf(SwarmException.class);
    }

    @Test
    void close_open_wipesAtOnce() {
        session.open(new SealedSecret.Keys(secret, device));

        assertThat(session.close()).isTrue();
        assertThat(session.close()).isFalse();
        assertThat(secret).containsOnly(0);
    }

    private void use() {
        byte[] signature = session.use("testing", keys -> keys.sign(new byte[1]));
        assertThat(signature).hasSize(64);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
