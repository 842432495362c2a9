package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeyHashTest {

    @Test
    void of_shortHash_throws() {
        assertThatIllegalArgumentException().isThrownBy(() -> KeyHash.of(new byte[15]));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void compareTo_anyTwo_agreesWithUnsignedNumbers(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        KeyHash a = new KeyHash(random.nextLong(-2, 2), random.nextLong());
        KeyHash b = new KeyHash(random.nextLong(-2, 2), random.nextLong());

        assertThat(Integer.signum(a.compareTo(b))).isEqualTo(number(a).compareTo(number(b)));
        assertThat(a).isBetween(KeyHash.MIN, KeyHash.MAX);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void shortestBound_anyTwo_separatesThemWithNoShorterPrefix(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        KeyHash a = new KeyHash(random.nextLong() >>> random.nextInt(64), random.nextLong());
        KeyHash b = random.nextBoolean()
                ? new KeyHash(a.high(), a.low() ^ 1L << random.nextInt(64))
                : new KeyHash(a.high() ^ 1L << random.nextInt(64), random.nextLong());
        KeyHash below = a.compareTo(b) < 0 ? a : b;
        KeyHash above = a.compareTo(b) < 0 ? b : a;

        KeyHash bound = KeyHash.shortestBound(below, above);

        assertThat(bound).isGreaterThan(below).isLessThanOrEqualTo(above);
        int length = significantDigits(bound);
        String shorter = above.toString().substring(0, Math.max(0, (length - 1) / 2 * 2));
        assertThat(below.toString()).startsWith(shorter);
    }

    private static BigInteger number(KeyHash hash) {
        return new BigInteger(hash.toString(), 16);
    }

    private static int significantDigits(KeyHash hash) {
        return hash.toString().replaceFirst("0+$", "").length();
    }
}
