package dev.swarm.puddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SealedSecretTest {

    private static final byte[] SECRET = {1, 2, 3, 4};

    private final SealedSecret.Keys here = keys(1, 10);

    @Test
    void open_sameMachineAndPurpose_givesTheSecret() {
        assertThat(SealedSecret.open(here, "age", SealedSecret.seal(here, "age", SECRET, new Random(1))))
                .isEqualTo(SECRET);
    }

    @Test
    void open_otherMachineOfTheSameUser_isRefused() {
        byte[] sealed = SealedSecret.seal(here, "age", SECRET, new Random(1));

        assertRefused(keys(1, 11), "age", sealed);
    }

    @Test
    void open_otherUserOrPurpose_isRefused() {
        byte[] sealed = SealedSecret.seal(here, "age", SECRET, new Random(1));

        assertRefused(keys(2, 10), "age", sealed);
        assertRefused(here, "age2", sealed);
    }

    @Test
    void open_anyByteOtherwise_isRefused() {
        byte[] sealed = SealedSecret.seal(here, "age", SECRET, new Random(1));
        for (int i = 0; i < sealed.length; i++) {
            byte[] altered = sealed.clone();
            altered[i] ^= 0x20;
            assertRefused(here, "age", altered);
        }
        assertRefused(here, "age", new byte[0]);
    }

    private static void assertRefused(SealedSecret.Keys keys, String purpose, byte[] sealed) {
        assertThatThrownBy(() -> SealedSecret.open(keys, purpose, sealed))
                .isInstanceOfSatisfying(
                        SwarmException.class, e -> assertThat(e.reason()).isEqualTo(SwarmException.Reason.CORRUPT));
    }

    private static SealedSecret.Keys keys(long user, long machine) {
        return new SealedSecret.Keys(Fixtures.secret(user), Fixtures.secret(machine));
    }
}
