package dev.swarm.puddle;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;

class XChaChaTest {

    private static final byte[] PLAIN =
            ("Ladies and Gentlemen of the class of '99: If I could offer you only one tip for"
                            + " the future, sunscreen would be it.")
                    .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEY = hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    private static final byte[] NONCE = hex("404142434445464748494a4b4c4d4e4f5051525354555657");
    private static final byte[] ASSOCIATED = hex("50515253c0c1c2c3c4c5c6c7");

    /** draft-irtf-cfrg-xchacha-03, appendix A.3.1. */
    private static final byte[] SEALED = hex("bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
            + "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
            + "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
            + "21f9664c97637da9768812f615c68b13b52e"
            + "c0875924c1c7987947deafd8780acf49");

    @Test
    void seal_vectorOfTheDraft_givesItsCiphertext() {
        assertThat(XChaCha.seal(KEY, NONCE, ASSOCIATED, PLAIN)).isEqualTo(SEALED);
        assertThat(XChaCha.open(KEY, NONCE, ASSOCIATED, SEALED)).isEqualTo(PLAIN);
    }

    @Test
    void open_anyByteOtherwise_givesNothing() {
        for (int i = 0; i < SEALED.length; i++) {
            byte[] altered = SEALED.clone();
            altered[i] ^= 1;
            assertThat(XChaCha.open(KEY, NONCE, ASSOCIATED, altered)).isNull();
        }
        assertThat(XChaCha.open(KEY, NONCE, new byte[0], SEALED)).isNull();
        assertThat(XChaCha.open(KEY, new byte[24], ASSOCIATED, SEALED)).isNull();
        assertThat(XChaCha.open(KEY, NONCE, ASSOCIATED, new byte[3])).isNull();
    }

    /** RFC 9106 section 5.3. */
    @Test
    void argon2id_vectorOfTheRfc_givesItsTag() {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(32)
                .withIterations(3)
                .withParallelism(4)
                .withSalt(hex("02".repeat(16)))
                .withSecret(hex("03".repeat(8)))
                .withAdditional(hex("04".repeat(12)))
                .build());
        byte[] tag = new byte[32];

        int length = generator.generateBytes(hex("01".repeat(32)), tag);

        assertThat(length).isEqualTo(32);
        assertThat(tag).isEqualTo(hex("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"));
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
