package dev.swarm.lockbox.age;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgeFileTest {

    private static final int CHUNK = 64 * 1024;
    private static final int SEALED = CHUNK + 16;

    private final SplittableRandom random = new SplittableRandom(7);
    private final AgeIdentity own = AgeIdentity.generate(random);
    private final AgeIdentity other = AgeIdentity.generate(random);
    private final AgeIdentity stranger = AgeIdentity.generate(random);
    private final AgeFile inline = new AgeFile(random, new AgeFile.Workers(Runnable::run, 1));

    @ParameterizedTest
    @ValueSource(
            ints = {
                0,
                1,
                15,
                CHUNK - 1,
                CHUNK,
                CHUNK + 1,
                3 * CHUNK,
                4 * CHUNK - 1,
                4 * CHUNK,
                4 * CHUNK + 1,
                40 * CHUNK + 5
            })
    void decrypt_ofEncrypted_isThePlaintextForEveryRecipient(int size) throws IOException {
        byte[] plain = text(size);

        byte[] sealed = encrypt(inline, plain);

        assertThat(decrypt(inline, sealed, own)).isEqualTo(plain);
        assertThat(decrypt(inline, sealed, other)).isEqualTo(plain);
        assertThat(sealed.length - headerBytes(sealed) - 16)
                .isEqualTo(size + 16 * Math.max(1, (size + CHUNK - 1) / CHUNK));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void decrypt_onSeveralThreads_keepsTheOrder(int threads) throws IOException {
        AgeFile parallel = new AgeFile(random, new AgeFile.Workers(ForkJoinPool.commonPool(), threads));
        byte[] plain = text(61 * CHUNK + 77);

        assertThat(decrypt(parallel, encrypt(parallel, plain), own)).isEqualTo(plain);
    }

    @Test
    void decrypt_byAStranger_saysForHowManyItIs() throws IOException {
        byte[] sealed = encrypt(inline, text(10));

        assertThatThrownBy(() -> decrypt(inline, sealed, stranger))
                .isInstanceOfSatisfying(
                        AgeException.class, e -> assertThat(e.fault()).isEqualTo(AgeException.Fault.NOT_FOR_US))
                .hasMessageContaining("2 recipients");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 5 + 16, CHUNK, SEALED, SEALED + 5 + 16, 4 * SEALED + 5 + 16, 5 * SEALED + 20})
    void decrypt_cutOff_isDamaged(int lost) throws IOException {
        byte[] sealed = encrypt(inline, text(5 * CHUNK + 5));

        assertDamaged(Arrays.copyOf(sealed, sealed.length - lost));
    }

    @Test
    void decrypt_cutOffBeforeTheFirstChunk_isDamaged() throws IOException {
        byte[] sealed = encrypt(inline, text(0));

        assertDamaged(Arrays.copyOf(sealed, sealed.length - 16));
        assertDamaged(Arrays.copyOf(sealed, sealed.length - 17));
    }

    @Test
    void decrypt_withABitChanged_isDamagedWhereverItIs() throws IOException {
        byte[] sealed = encrypt(inline, text(2 * CHUNK + 9));
        for (int at = headerBytes(sealed); at < sealed.length; at += 997) {
            byte[] changed = sealed.clone();
            changed[at] ^= 4;
            assertDamaged(changed);
        }
    }

    @Test
    void decrypt_withChunksSwapped_isDamaged() throws IOException {
        byte[] sealed = encrypt(inline, text(6 * CHUNK));
        int payload = headerBytes(sealed) + 16;
        byte[] swapped = sealed.clone();
        System.arraycopy(sealed, payload, swapped, payload + SEALED, SEALED);
        System.arraycopy(sealed, payload + SEALED, swapped, payload, SEALED);

        assertDamaged(swapped);
    }

    @Test
    void decrypt_withBytesAppended_isDamaged() throws IOException {
        for (int size : new int[] {0, 9, CHUNK, 4 * CHUNK}) {
            byte[] sealed = encrypt(inline, text(size));
            assertDamaged(Arrays.copyOf(sealed, sealed.length + 1));
            assertDamaged(Arrays.copyOf(sealed, sealed.length + 16));
        }
    }

    @Test
    void encrypt_whenTheTargetFails_endsWithItsFailureAndNoThreadAtWork() {
        AgeFile parallel = new AgeFile(random, new AgeFile.Workers(ForkJoinPool.commonPool(), 3));
        OutputStream full = new OutputStream() {
            private int left = 3 * SEALED;

            @Override
            public void write(int b) throws IOException {
                write(new byte[1], 0, 1);
            }

            @Override
            public void write(byte[] bytes, int from, int size) throws IOException {
                left -= size;
                if (left < 0) {
                    throw new IOException("No space left on device");
                }
            }
        };

        assertThatThrownBy(() ->
                        parallel.encrypt(new ByteArrayInputStream(text(64 * CHUNK)), full, List.of(own.recipient())))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("No space left on device");
    }

    @Test
    void rewrap_toOthers_keepsThePayloadAndChangesWhoReads() throws IOException {
        byte[] plain = text(CHUNK + 3);
        byte[] old = encrypt(inline, plain);
        ByteArrayOutputStream target = new ByteArrayOutputStream();

        String payload = inline.rewrap(new ByteArrayInputStream(old), target, own, List.of(stranger.recipient()));

        byte[] renewed = target.toByteArray();
        assertThat(decrypt(inline, renewed, stranger)).isEqualTo(plain);
        assertThatThrownBy(() -> decrypt(inline, renewed, own)).isInstanceOf(AgeException.class);
        assertThat(AgeFile.payloadOf(new ByteArrayInputStream(old))).isEqualTo(payload);
        assertThat(AgeFile.header(new ByteArrayInputStream(renewed))).hasSize(headerBytes(renewed));
        assertThat(Arrays.copyOfRange(renewed, headerBytes(renewed), renewed.length))
                .isEqualTo(Arrays.copyOfRange(old, headerBytes(old), old.length));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, CHUNK, CHUNK + 1, 4 * CHUNK, 4 * CHUNK + 1, 9 * CHUNK - 7})
    void reencrypt_toOthers_keepsTheTextAndNothingElse(int size) throws IOException {
        byte[] plain = text(size);
        byte[] old = encrypt(inline, plain);
        ByteArrayOutputStream target = new ByteArrayOutputStream();

        String payload = inline.reencrypt(new ByteArrayInputStream(old), target, own, List.of(stranger.recipient()));

        byte[] renewed = target.toByteArray();
        assertThat(decrypt(inline, renewed, stranger)).isEqualTo(plain);
        assertThat(AgeFile.payloadOf(new ByteArrayInputStream(renewed)))
                .isEqualTo(payload)
                .isNotEqualTo(AgeFile.payloadOf(new ByteArrayInputStream(old)));
        byte[] cut = Arrays.copyOf(old, old.length - 1);
        assertThatThrownBy(() -> inline.reencrypt(
                        new ByteArrayInputStream(cut), new ByteArrayOutputStream(), own, List.of(stranger.recipient())))
                .isInstanceOf(AgeException.class);
    }

    @Test
    void encrypt_toNobody_isRefused() {
        assertThatThrownBy(
                        () -> inline.encrypt(new ByteArrayInputStream(text(1)), new ByteArrayOutputStream(), List.of()))
                .hasMessageContaining("0 recipients");
    }

    @Nested
    class OfTheCommand {

        // Made with age 1.1.1 and age-keygen.
        private static final String SECRET =
                "AGE-SECRET-KEY-1MJQPFTHLZ9TKKTVDRF6Y6A3UN2ALKFPDRQHS07VHEVNRFF3YEGXQZLQZME";
        private static final String PUBLIC = "age105yus39n96tdy307qjnetveze9884mas99l99h8240j8mftatq0szm4fxz";
        private static final String FILE =
                "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBMT0h6dzVaMlpNR0RUUTNLcUlOdmw2YUM5c3FTelJzY3BBUk"
                        + "NEOVRvYmdJClA2M3gzYkpZUnA0UEhTZTdUMFZmdXNoakxlMklDUzlSRCtuZ0V5aVluR1UKLT4gWDI1NTE5IDgrMWJF"
                        + "eUNLc0dCM28xbUZ6UVczdDRSRXpaRGNDa2F2Q1h2QklIMUU4MGMKbTNQaFpmY1g0NGZGLysxUVdrbEF4bDFZOEtDbD"
                        + "g0TVl3b3BSSXpXKzd2VQotLS0gaGR1T1FtMDhHVFBMM3hNdWNFamdXL1pQcjNIa1hKRktpSWxCemcrM3VsZwqpLgfU"
                        + "KfLYAanUeWgBK7gF7l0uO50amPaWBTZJnJDs0tX0j2cIrC1m30RlnCvPkuXi";

        @Test
        void decrypt_aFileOfTheCommand_isItsText() throws IOException {
            AgeIdentity identity = AgeIdentity.parse(SECRET.toCharArray());

            byte[] plain = decrypt(inline, Base64.getDecoder().decode(FILE), identity);

            assertThat(new String(plain, StandardCharsets.US_ASCII)).isEqualTo("a text for a test");
            assertThat(identity.recipient()).isEqualTo(new Recipient(PUBLIC));
            assertThat(identity.text()).isEqualTo(SECRET.toCharArray());
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "age-encryption.org/v1\r\n",
                    "age-encryption.org/v2\n",
                    "age-encryption.org/v1",
                    "",
                    "age-encryption.org/v1\n--- AAAA\n",
                    "age-encryption.org/v1\n-> \nAAAA\n--- AAAA\n",
                    "age-encryption.org/v1\n-> X25519  AAAA\nAAAA\n--- AAAA\n",
                    "age-encryption.org/v1\n-> X25519 AAAA\nAAAA\n--- AAAA\n",
                    "age-encryption.org/v1\n-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc\nAAAB=\n--- AAAA\n",
                    "age-encryption.org/v1\n-> X25519 TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCd\nAAAA\n--- AAAA\n",
                    "age-encryption.org/v1\n-> x \u00e4\nAAAA\n--- AAAA\n",
                    "age-encryption.org/v1\n-> x y\nAAAA\n---\n",
                    "age-encryption.org/v1\n-> x y\nAAAA\n---AAAA\n",
                    "age-encryption.org/v1\n-> x y\n"
                })
        void decrypt_withAHeaderOfAnotherForm_isNoAgeFile(String header) {
            assertThatThrownBy(() -> decrypt(inline, header.getBytes(StandardCharsets.ISO_8859_1), own))
                    .isInstanceOfSatisfying(
                            AgeException.class, e -> assertThat(e.fault()).isEqualTo(AgeException.Fault.NOT_AGE));
        }

        @Test
        void decrypt_withAHeaderWithoutEnd_stopsAtTheLimit() {
            String line = "-> x y\nAAAA\n";

            assertThatThrownBy(() -> decrypt(
                            inline,
                            ("age-encryption.org/v1\n" + line.repeat(100_000)).getBytes(StandardCharsets.US_ASCII),
                            own))
                    .hasMessageContaining("more than 128 recipients");
            assertThatThrownBy(() -> decrypt(
                            inline,
                            ("age-encryption.org/v1\n-> x " + "y".repeat(100_000)).getBytes(StandardCharsets.US_ASCII),
                            own))
                    .hasMessageContaining("longer than 65536 bytes");
        }

        @Test
        void decrypt_withAStanzaTakenOut_isDamaged() throws IOException {
            String sealed = new String(Base64.getDecoder().decode(FILE), StandardCharsets.ISO_8859_1);
            int second = sealed.indexOf("-> X25519", 30);
            String cut = sealed.substring(0, second) + sealed.substring(sealed.indexOf("---"));

            assertThatThrownBy(() -> decrypt(
                            inline, cut.getBytes(StandardCharsets.ISO_8859_1), AgeIdentity.parse(SECRET.toCharArray())))
                    .isInstanceOfSatisfying(
                            AgeException.class, e -> assertThat(e.fault()).isEqualTo(AgeException.Fault.DAMAGED));
        }

        @Test
        void parse_aMistypedKey_isRefusedWithoutQuotingIt() {
            String mistyped = SECRET.substring(0, 30) + (SECRET.charAt(30) == 'Q' ? 'P' : 'Q') + SECRET.substring(31);

            assertThatThrownBy(() -> AgeIdentity.parse(mistyped.toCharArray()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("key has a wrong checksum; a character is mistyped");
            assertThatThrownBy(() -> new Recipient(PUBLIC.toUpperCase(java.util.Locale.ROOT)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new Recipient("age1")).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private void assertDamaged(byte[] sealed) {
        assertThatThrownBy(() -> decrypt(inline, sealed, own))
                .isInstanceOfSatisfying(
                        AgeException.class, e -> assertThat(e.fault()).isEqualTo(AgeException.Fault.DAMAGED));
    }

    private byte[] encrypt(AgeFile age, byte[] plain) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        age.encrypt(new ByteArrayInputStream(plain), target, List.of(own.recipient(), other.recipient()));
        return target.toByteArray();
    }

    private static byte[] decrypt(AgeFile age, byte[] sealed, AgeIdentity identity) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        age.decrypt(new ByteArrayInputStream(sealed), target, identity);
        return target.toByteArray();
    }

    private static int headerBytes(byte[] sealed) {
        String text = new String(sealed, StandardCharsets.ISO_8859_1);
        return text.indexOf('\n', text.indexOf("\n--- ") + 1) + 1;
    }

    private byte[] text(int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }
}
