package dev.swarm.puddle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WrappedKeyTest {

    private static final char[] PASSPHRASE = "correct horse".toCharArray();
    private static final Argon2Cost CHEAP = new Argon2Cost(Argon2Cost.MIN_MEMORY_KIB, 1, 1);
    private static final int COST_AT = "swarm-puddle-key/1\n".length() + 1;

    private final byte[] secret = Fixtures.secret(1);
    private final byte[] content =
            WrappedKey.wrap(secret, PASSPHRASE, CHEAP, new Random(7)).toBytes();

    @Test
    void unwrap_samePassphrase_givesTheKey() {
        WrappedKey read = WrappedKey.parse("file", content);

        assertThat(content).hasSize(WrappedKey.BYTES);
        assertThat(read.unwrap(PASSPHRASE)).isEqualTo(secret);
        assertThat(read.user()).isEqualTo(UserKey.idOf(secret));
        assertThat(read.toString()).doesNotContain(HexFormat.of().formatHex(secret));
    }

    @Test
    void wrap_twice_sharesNeitherSaltNorNonce() {
        Random random = new Random(3);
        WrappedKey one = WrappedKey.wrap(secret, PASSPHRASE, CHEAP, random);
        WrappedKey other = WrappedKey.wrap(secret, PASSPHRASE, CHEAP, random);

        assertThat(one.salt()).isNotEqualTo(other.salt());
        assertThat(one.toBytes()).isNotEqualTo(other.toBytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"correct horsf", "Correct horse", "correct horse ", "x"})
    void unwrap_otherPassphrase_isRefusedWithoutShowingIt(String passphrase) {
        assertThatThrownBy(() -> WrappedKey.parse("file", content).unwrap(passphrase.toCharArray()))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("does not open the key")
                .hasMessageNotContaining(passphrase + " ");
    }

    @Test
    void unwrap_anyByteOtherwise_isRefused() {
        for (int i = 0; i < content.length; i++) {
            byte[] altered = content.clone();
            altered[i] ^= 1;
            int at = i;
            assertThatThrownBy(() -> WrappedKey.parse("file", altered).unwrap(PASSPHRASE))
                    .describedAs("byte %s", at)
                    .isInstanceOf(SwarmException.class);
        }
    }

    @Test
    void parse_anyOtherLength_isRefused() {
        for (int length = 0; length < content.length; length++) {
            byte[] cut = Arrays.copyOf(content, length);
            assertThatThrownBy(() -> WrappedKey.parse("file", cut)).isInstanceOf(SwarmException.class);
        }
        assertThatThrownBy(() -> WrappedKey.parse("file", Arrays.copyOf(content, content.length + 1)))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("file has 153 bytes, a key file has 152");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1048577", // memory above the ceiling
        "0, 2147483647",
        "0, -1",
        "0, 7167", // memory below the floor
        "4, 11",
        "4, 0",
        "8, 17",
        "8, 0"
    })
    void parse_costOutOfBounds_isRefusedBeforeAnyWork(int offset, int value) {
        byte[] altered = content.clone();
        java.nio.ByteBuffer.wrap(altered).putInt(COST_AT + offset, value);

        assertThatThrownBy(() -> WrappedKey.parse("file", altered))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining(String.valueOf(value));
    }

    @Test
    void sign_verifiesWithThePlatformsOwnEd25519() throws Exception {
        byte[] der = HexFormat.of()
                .parseHex("302a300506032b6570032100" + UserKey.idOf(secret).hex());
        PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
        byte[] message = UserKey.message("f".repeat(64), "test/1", new byte[] {1, 2});
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(key);
        verifier.update(message);

        assertThat(verifier.verify(UserKey.sign(secret, message))).isTrue();
        assertThat(new String(message, 0, 13, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("swarm-user/1\0");
    }
}
