package dev.swarm.lockbox.age;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ColumnChunkCipherTest {

    private static final int CHUNK = 64 * 1024;

    private final SplittableRandom random = new SplittableRandom(Long.getLong("swarm.seed", 11));
    private final byte[] key = bytes(Primitives.KEY_BYTES);
    private final byte[] nonce = bytes(Primitives.NONCE_BYTES);
    private final ChunkCipher provided = new ChunkCipher.Provided(key);
    private final ChunkCipher own = new ColumnChunkCipher(key, new ChunkCipher.Provided(key));
    private final ChunkCipher opening = new ColumnChunkCipher(key, new ChunkCipher.Provided(key));

    static IntStream sizes() {
        return IntStream.of(4096, CHUNK / 4, CHUNK / 2, CHUNK).flatMap(near -> IntStream.range(near - 70, near + 70));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void seal_ofAnySize_isWhatTheJvmsCipherWrites(int size) throws Exception {
        byte[] plain = bytes(size + 7);
        byte[] expected = new byte[size + 21];
        byte[] actual = new byte[size + 21];

        assertThat(provided.seal(nonce, plain, 7, size, expected, 5)).isEqualTo(size + 16);
        assertThat(own.seal(nonce, plain, 7, size, actual, 5)).isEqualTo(size + 16);

        assertThat(actual).isEqualTo(expected);
        byte[] opened = new byte[size + 7];
        assertThat(opening.open(nonce, expected, 5, size + 16, opened, 7)).isEqualTo(size);
        assertThat(Arrays.copyOfRange(opened, 7, opened.length)).isEqualTo(Arrays.copyOfRange(plain, 7, plain.length));
    }

    @Test
    void open_withAnyByteChanged_failsAndWritesNothing() {
        int size = 4200;
        byte[] sealed = new byte[size + 16];
        own.seal(nonce, bytes(size), 0, size, sealed, 0);
        byte[] target = new byte[size];

        for (int at = 0; at < sealed.length; at++) {
            byte[] changed = sealed.clone();
            changed[at] ^= (byte) (1 << at % 8);
            assertThatThrownBy(() -> opening.open(nonce, changed, 0, changed.length, target, 0))
                    .isInstanceOf(AEADBadTagException.class);
        }
        assertThat(target).containsOnly(0);
    }

    @Test
    void apply_ofTheRfcsKey_isTheRfcsCiphertext() {
        // RFC 8439 section 2.4.2.
        byte[] rfcKey = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        byte[] rfcNonce = HexFormat.of().parseHex("000000000000004a00000000");
        byte[] plain = ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                        + "sunscreen would be it.")
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        ColumnChaCha stream = new ColumnChaCha(rfcKey);
        stream.setNonce(rfcNonce);

        stream.compute(1);
        byte[] sealed = new byte[plain.length];
        stream.apply(plain, 0, plain.length, sealed, 0);

        assertThat(HexFormat.of().formatHex(sealed))
                .isEqualTo("6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0b"
                        + "f91b65c5524733ab8f593dabcd62b3571639d624e65152ab8f530c359f0861d8"
                        + "07ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736"
                        + "5af90bbf74a35be6b40b8eedf2785e42874d");
    }

    @Test
    void first_ofTheRfcsKey_isTheRfcsOneTimeKey() {
        // RFC 8439 section 2.6.2.
        byte[] rfcKey = HexFormat.of().parseHex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
        ColumnChaCha stream = new ColumnChaCha(rfcKey);
        stream.setNonce(HexFormat.of().parseHex("000000000001020304050607"));
        byte[] first = new byte[32];

        stream.first(first);

        assertThat(HexFormat.of().formatHex(first))
                .isEqualTo("8ad5a08b905f81cc815040274ab29471a833b637e3fd0da508dbb8e2fdd1a646");
    }

    private byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }
}
