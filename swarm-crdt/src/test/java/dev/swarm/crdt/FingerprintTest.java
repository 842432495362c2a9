package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FingerprintTest {

    @Test
    void of_longHash_takesFirstSixteenBytesBigEndian() {
        byte[] hash = new byte[32];
        for (int i = 0; i < hash.length; i++) {
            hash[i] = (byte) i;
        }

        assertThat(Fingerprint.of(hash)).hasToString("000102030405060708090a0b0c0d0e0f");
    }

    @Test
    void of_shortHash_throws() {
        assertThatIllegalArgumentException().isThrownBy(() -> Fingerprint.of(new byte[15]));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void plus_isCommutativeAssociativeAndUndoneByMinus(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Fingerprint a = new Fingerprint(random.nextLong(), random.nextLong());
        Fingerprint b = new Fingerprint(random.nextLong(), random.nextLong());
        Fingerprint c = new Fingerprint(random.nextLong(), random.nextLong());

        assertThat(a.plus(b)).isEqualTo(b.plus(a)).isNotEqualTo(a);
        assertThat(a.plus(b).plus(c)).isEqualTo(a.plus(b.plus(c)));
        assertThat(a.plus(b).minus(b)).isEqualTo(a);
        assertThat(a.plus(Fingerprint.ZERO)).isEqualTo(a);
        assertThat(a.minus(a)).isEqualTo(Fingerprint.ZERO);
    }

    @Test
    void plus_sameElementTwice_doesNotCancel() {
        Fingerprint a = new Fingerprint(1, 2);

        assertThat(a.plus(a)).isNotEqualTo(Fingerprint.ZERO);
    }
}
