package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalCodecTest {

    @Test
    void write_eachType_hasItsFixedEncoding() {
        assertThat(hex(writer -> writer.putByte(255))).isEqualTo("ff");
        assertThat(hex(writer -> writer.putBoolean(true).putBoolean(false))).isEqualTo("0100");
        assertThat(hex(writer -> writer.putInt(-2))).isEqualTo("fffffffe");
        assertThat(hex(writer -> writer.putLong(0x0102030405060708L))).isEqualTo("0102030405060708");
        assertThat(hex(writer -> writer.putTimestamp(HybridTimestamp.of(1, 2)))).isEqualTo("0000000000010002");
        assertThat(hex(writer -> writer.putBytes(new byte[] {7}, 1))).isEqualTo("0000000107");
        assertThat(hex(writer -> writer.putFixed(new byte[] {7, 8}))).isEqualTo("0708");
        assertThat(hex(writer -> writer.putString("\u00e9", 2))).isEqualTo("00000002c3a9");
    }

    @ParameterizedTest
    @CsvSource({"0,00", "127,7f", "128,8001", "300,ac02", "9223372036854775807,ffffffffffffffff7f"})
    void putCount_anyNumber_takesFewestBytes(long value, String encoded) {
        assertThat(hex(writer -> writer.putCount(value))).isEqualTo(encoded);
        assertThat(reader(encoded).readCount(Long.MAX_VALUE)).isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"8000", "ff00", "808000", "ffffffffffffffffff01", "ffffffffffffffffff7f"})
    void readCount_longerThanNeeded_throws(String encoded) {
        assertRefused(() -> reader(encoded).readCount(Long.MAX_VALUE));
    }

    @Test
    void readCount_overLimit_throws() {
        assertThat(reader("05").readCount(5)).isEqualTo(5);
        assertRefused(() -> reader("06").readCount(5));
    }

    @Test
    void readSize_moreElementsThanBytesLeft_throws() {
        assertThat(reader("02aabbccdd").readSize(100, 2)).isEqualTo(2);
        assertRefused(() -> reader("03aabbccdd").readSize(100, 2));
        assertRefused(() -> reader("ffffffff07").readSize(Integer.MAX_VALUE, 1_000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"02", "ff"})
    void readBoolean_otherThanZeroOrOne_throws(String encoded) {
        assertRefused(() -> reader(encoded).readBoolean());
    }

    @ParameterizedTest
    @ValueSource(strings = {"7fffffff", "80000000", "ffffffff", "00000005aabbccdd", "00000011"})
    void readBytes_lengthOverLimitOrSource_throwsBeforeAllocating(String encoded) {
        assertRefused(() -> reader(encoded).readBytes(16));
        assertRefused(() -> reader(encoded).readBytes(Integer.MAX_VALUE));
    }

    @ParameterizedTest(name = "UTF-8 {0}")
    @ValueSource(strings = {"c0af", "e080af", "eda080", "f4908080", "c3", "80", "ff"})
    void readString_malformedUtf8_throws(String text) {
        String encoded = HexFormat.of().toHexDigits(text.length() / 2) + text;

        assertRefused(() -> reader(encoded).readString(100));
    }

    @Test
    void putString_loneSurrogate_throws() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CanonicalWriter(100).putString("a\ud800b", 100))
                .withMessageContaining("surrogate");
    }

    @Test
    void put_overDeclaredLimit_throws() {
        CanonicalWriter writer = new CanonicalWriter(100);

        assertThatIllegalArgumentException().isThrownBy(() -> writer.putString("\u00e9\u00e9", 3));
        assertThatIllegalArgumentException().isThrownBy(() -> writer.putBytes(new byte[4], 3));
        assertThatIllegalArgumentException().isThrownBy(() -> writer.putByte(256));
        assertThatIllegalArgumentException().isThrownBy(() -> writer.putCount(-1));
        assertThat(writer.length()).isZero();
    }

    @Test
    void put_pastTheWhole_throws() {
        CanonicalWriter writer = new CanonicalWriter(9).putLong(1);

        assertThatIllegalStateException().isThrownBy(() -> writer.putInt(1)).withMessageContaining("limit 9");
        assertThat(writer.putByte(1).toByteArray()).hasSize(9);
    }

    @Test
    void expectEnd_bytesLeft_throws() {
        CanonicalReader reader = reader("0102");
        reader.readByte();

        assertThat(reader.remaining()).isEqualTo(1);
        assertRefused(reader::expectEnd);
        reader.readByte();
        reader.expectEnd();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void read_whatWasWritten_isIdentity(long seed) {
        Sample sample = Sample.random(new SplittableRandom(seed));
        byte[] encoded = sample.encode();

        Sample decoded = Sample.decode(encoded);

        assertThat(decoded).isEqualTo(sample);
        assertThat(decoded.encode()).isEqualTo(encoded);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#few")
    void read_cutAtAnyByteOrExtended_throws(long seed) {
        byte[] encoded = Sample.random(new SplittableRandom(seed)).encode();

        for (int length = 0; length < encoded.length; length++) {
            byte[] cut = Arrays.copyOf(encoded, length);
            assertRefused(() -> Sample.decode(cut));
        }
        assertRefused(() -> Sample.decode(Arrays.copyOf(encoded, encoded.length + 1)));
    }

    private static String hex(Consumer<CanonicalWriter> write) {
        CanonicalWriter writer = new CanonicalWriter(1_000);
        write.accept(writer);
        return HexFormat.of().formatHex(writer.toByteArray());
    }

    private static CanonicalReader reader(String hex) {
        return new CanonicalReader(HexFormat.of().parseHex(hex));
    }

    private static void assertRefused(Runnable read) {
        assertThatExceptionOfType(CanonicalFormatException.class).isThrownBy(read::run);
    }

    /** One value of each type. */
    private record Sample(
            int small, boolean flag, int number, long wide, long count, HybridTimestamp clock, Texts texts) {

        static Sample random(SplittableRandom random) {
            byte[] bytes = new byte[random.nextInt(400)];
            random.nextBytes(bytes);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                int codePoint = random.nextInt(Character.MAX_CODE_POINT + 1);
                text.appendCodePoint(Character.getType(codePoint) == Character.SURROGATE ? 'x' : codePoint);
            }
            return new Sample(
                    random.nextInt(256),
                    random.nextBoolean(),
                    random.nextInt(),
                    random.nextLong(),
                    random.nextLong() >>> (1 + random.nextInt(63)),
                    new HybridTimestamp(random.nextLong()),
                    new Texts(HexFormat.of().formatHex(bytes), text.toString()));
        }

        byte[] encode() {
            return new CanonicalWriter(2_000)
                    .putByte(small)
                    .putBoolean(flag)
                    .putInt(number)
                    .putLong(wide)
                    .putCount(count)
                    .putTimestamp(clock)
                    .putBytes(HexFormat.of().parseHex(texts.bytes()), 400)
                    .putString(texts.text(), 400)
                    .toByteArray();
        }

        static Sample decode(byte[] encoded) {
            CanonicalReader reader = new CanonicalReader(encoded);
            Sample sample = new Sample(
                    reader.readByte(),
                    reader.readBoolean(),
                    reader.readInt(),
                    reader.readLong(),
                    reader.readCount(Long.MAX_VALUE),
                    reader.readTimestamp(),
                    new Texts(HexFormat.of().formatHex(reader.readBytes(400)), reader.readString(400)));
            reader.expectEnd();
            return sample;
        }
    }

    /** A byte string, in hex, and a text. */
    private record Texts(String bytes, String text) {}
}
