package dev.swarm.lockbox.age;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LimbPoly1305Test {

    private static final BigInteger MODULUS = BigInteger.TWO.pow(130).subtract(BigInteger.valueOf(5));

    /** RFC 8439 appendix A.3, those of whole blocks. */
    @ParameterizedTest
    @CsvSource({
        "'0000000000000000000000000000000000000000000000000000000000000000',"
                + "'00000000000000000000000000000000', '00000000000000000000000000000000'",
        "'0200000000000000000000000000000000000000000000000000000000000000',"
                + "'ffffffffffffffffffffffffffffffff', '03000000000000000000000000000000'",
        "'02000000000000000000000000000000ffffffffffffffffffffffffffffffff',"
                + "'02000000000000000000000000000000', '03000000000000000000000000000000'",
        "'0100000000000000000000000000000000000000000000000000000000000000',"
                + "'fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff11000000000000000000000000000000',"
                + "'05000000000000000000000000000000'",
        "'0100000000000000000000000000000000000000000000000000000000000000',"
                + "'fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe01010101010101010101010101010101',"
                + "'00000000000000000000000000000000'",
        "'0200000000000000000000000000000000000000000000000000000000000000',"
                + "'fdffffffffffffffffffffffffffffff', 'faffffffffffffffffffffffffffffff'"
    })
    void finish_ofTheRfcsMessages_isTheRfcsTag(String key, String message, String tag) {
        byte[] actual = tag(HexFormat.of().parseHex(key), HexFormat.of().parseHex(message));

        assertThat(HexFormat.of().formatHex(actual)).isEqualTo(tag);
    }

    static LongStream seeds() {
        Long only = Long.getLong("swarm.seed");
        return only != null ? LongStream.of(only) : LongStream.range(0, 400);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void finish_ofAnyMessage_isTheRemainderOfTheWholeNumber(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] key = edgy(random, 32);
        byte[] message = edgy(random, random.nextInt(0, 40) * LimbPoly1305.BLOCK_BYTES);

        assertThat(tag(key, message)).isEqualTo(expected(key, message));
    }

    private static byte[] tag(byte[] key, byte[] message) {
        LimbPoly1305 poly = new LimbPoly1305();
        // What came before must not matter.
        poly.start(message.length < 32 ? new byte[32] : message);
        poly.update(key, 0, 1);
        poly.start(key);
        poly.update(message, 0, message.length / LimbPoly1305.BLOCK_BYTES);
        byte[] tag = new byte[20];
        poly.finish(tag, 3);
        return Arrays.copyOfRange(tag, 3, 19);
    }

    private static byte[] expected(byte[] key, byte[] message) {
        byte[] clamped = Arrays.copyOf(key, 16);
        for (int i : new int[] {3, 7, 11, 15}) {
            clamped[i] &= 15;
        }
        for (int i : new int[] {4, 8, 12}) {
            clamped[i] &= (byte) 252;
        }
        BigInteger r = number(clamped);
        BigInteger sum = BigInteger.ZERO;
        for (int at = 0; at < message.length; at += 16) {
            byte[] block = Arrays.copyOf(Arrays.copyOfRange(message, at, at + 16), 17);
            block[16] = 1;
            sum = sum.add(number(block)).multiply(r).mod(MODULUS);
        }
        BigInteger tag = sum.add(number(Arrays.copyOfRange(key, 16, 32)));
        byte[] bytes = new byte[16];
        for (int i = 0; i < 16; i++) {
            bytes[i] = tag.shiftRight(8 * i).byteValue();
        }
        return bytes;
    }

    private static BigInteger number(byte[] littleEndian) {
        byte[] bigEndian = new byte[littleEndian.length];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[i] = littleEndian[bigEndian.length - 1 - i];
        }
        return new BigInteger(1, bigEndian);
    }

    /** Bytes among which there are long rows of zeros and of ones, where carries go far. */
    private static byte[] edgy(SplittableRandom random, int size) {
        byte[] bytes = new byte[size];
        int at = 0;
        while (at < size) {
            int run = Math.min(size - at, random.nextInt(1, 33));
            int kind = random.nextInt(3);
            for (int i = 0; i < run; i++) {
                bytes[at++] = (byte) (kind == 0 ? 0 : kind == 1 ? -1 : random.nextInt());
            }
        }
        return bytes;
    }
}
