package dev.swarm.crdt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReconcileCodecTest {

    private static final String FINGERPRINT = "0000000000000001" + "0000000000000002";

    @Test
    void encodeClaims_neighbours_writesShortBoundsOnce() {
        KeyHash middle = new KeyHash(0x40L << 56, 0);
        List<RangeClaim> claims = List.of(
                new RangeClaim.Summary(new KeyRange(KeyHash.MIN, middle), new Fingerprint(1, 2), 300),
                new RangeClaim.Listing(new KeyRange(middle, new KeyHash(0x5001L << 48, 0)), List.of()));

        byte[] encoded = ReconcileCodec.encodeClaims(claims);

        assertThat(encoded)
                .asHexString()
                .isEqualToIgnoringCase("02" + "02" + "0140" + "ac02" + FINGERPRINT + "03" + "025001" + "00");
        assertThat(ReconcileCodec.decodeClaims(encoded)).isEqualTo(claims);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#few")
    void decodeClaims_whatWasEncoded_isIdentity(long seed) {
        List<RangeClaim> claims = randomClaims(seed);

        List<RangeClaim> decoded = ReconcileCodec.decodeClaims(ReconcileCodec.encodeClaims(claims));

        assertThat(decoded).isEqualTo(claims);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#few")
    void decodeClaims_cutAtAnyByteOrExtended_throws(long seed) {
        byte[] encoded = ReconcileCodec.encodeClaims(randomClaims(seed));

        for (int length = 0; length < encoded.length; length++) {
            byte[] cut = Arrays.copyOf(encoded, length);
            assertThatExceptionOfType(CanonicalFormatException.class)
                    .isThrownBy(() -> ReconcileCodec.decodeClaims(cut));
        }
        assertThatExceptionOfType(CanonicalFormatException.class)
                .isThrownBy(() -> ReconcileCodec.decodeClaims(Arrays.copyOf(encoded, encoded.length + 1)));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#many")
    void decodeClaims_anyByteChanged_isRefusedOrCanonical(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] encoded = ReconcileCodec.encodeClaims(randomClaims(seed));
        for (int i = 0; i < 50; i++) {
            byte[] changed = encoded.clone();
            changed[random.nextInt(changed.length)] = (byte) random.nextInt();

            List<RangeClaim> claims = decodeOrEmpty(changed);

            assertThat(claims.isEmpty() || Arrays.equals(ReconcileCodec.encodeClaims(claims), changed))
                    .as("a second encoding of the same claims")
                    .isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "01" + "04" + "0140" + "01" + FINGERPRINT,
                "01" + "02" + "024000" + "01" + FINGERPRINT,
                "01" + "02" + "11" + "4040404040404040404040404040404040" + "01" + FINGERPRINT,
                "01" + "00" + "00" + "0140" + "01" + FINGERPRINT,
                "01" + "02" + "0140" + "8100" + FINGERPRINT,
                "01" + "03" + "0140" + "11",
                "8140" + "02" + "0140" + "01" + FINGERPRINT,
            })
    void decodeClaims_notCanonical_throws(String encoded) {
        assertThatExceptionOfType(CanonicalFormatException.class)
                .isThrownBy(() -> ReconcileCodec.decodeClaims(HexFormat.of().parseHex(encoded)));
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "01" + "02" + "00" + "01" + FINGERPRINT,
                "01" + "00" + "0150" + "0140" + "01" + FINGERPRINT,
                "02" + "02" + "0150" + "01" + FINGERPRINT + "00" + "0140" + "0160" + "01" + FINGERPRINT,
            })
    void decodeClaims_emptyInvertedOrOverlapping_isInvalid(String encoded) {
        assertThatExceptionOfType(InvalidClaimException.class)
                .isThrownBy(() -> ReconcileCodec.decodeClaims(HexFormat.of().parseHex(encoded)));
    }

    @Test
    void decodeClaims_listedElementOutsideRange_isInvalid() {
        String element = "60" + "0".repeat(62);

        assertThatExceptionOfType(InvalidClaimException.class)
                .isThrownBy(() ->
                        ReconcileCodec.decodeClaims(HexFormat.of().parseHex("01" + "03" + "0140" + "01" + element)));
    }

    @Test
    void encodeClaims_largestMessage_fitsTheDeclaredBound() {
        List<RangeClaim> claims = new ArrayList<>();
        for (long i = 0; i < Reconciler.MAX_CLAIMS; i++) {
            KeyRange range = new KeyRange(new KeyHash(i, 1), new KeyHash(i, -1));
            claims.add(new RangeClaim.Summary(range, new Fingerprint(-1, -1), Long.MAX_VALUE));
        }
        int withoutListings = ReconcileCodec.encodeClaims(claims).length;

        assertThat(withoutListings + Reconciler.MAX_LISTED * VersionedKey.BYTES)
                .isLessThanOrEqualTo(ReconcileCodec.MAX_CLAIMS_BYTES);
    }

    @Test
    void encodeKeys_outOfOrder_throws() {
        VersionedKey one = new VersionedKey(new KeyHash(1, 0), HybridTimestamp.ZERO, 0);

        assertThatIllegalArgumentException().isThrownBy(() -> ReconcileCodec.encodeKeys(List.of(one, one)));
    }

    @Test
    void decodeKeys_outOfOrderOrTooMany_throws() {
        byte[] twice = HexFormat.of().parseHex("02" + "11".repeat(32) + "11".repeat(32));
        byte[] two = HexFormat.of().parseHex("02" + "11".repeat(32) + "22".repeat(32));

        assertThat(ReconcileCodec.decodeKeys(two, 2)).hasSize(2);
        assertThatExceptionOfType(CanonicalFormatException.class).isThrownBy(() -> ReconcileCodec.decodeKeys(twice, 2));
        assertThatExceptionOfType(CanonicalFormatException.class).isThrownBy(() -> ReconcileCodec.decodeKeys(two, 1));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("dev.swarm.crdt.Seeds#few")
    void decodeKeys_whatWasEncoded_isIdentityAndEveryCutThrows(long seed) {
        List<VersionedKey> keys =
                Replica.pair(20, 0, new SplittableRandom(seed)).left().elements();
        byte[] encoded = ReconcileCodec.encodeKeys(keys);

        assertThat(ReconcileCodec.decodeKeys(encoded, 20)).isEqualTo(keys);
        for (int length = 0; length < encoded.length; length++) {
            byte[] cut = Arrays.copyOf(encoded, length);
            assertThatExceptionOfType(CanonicalFormatException.class)
                    .isThrownBy(() -> ReconcileCodec.decodeKeys(cut, 20));
        }
    }

    /** The claims of a real exchange: summaries and lists, with gaps. */
    private static List<RangeClaim> randomClaims(long seed) {
        Replica.Pair pair = Replica.pair(400, 8, new SplittableRandom(seed));
        List<RangeClaim> opening = pair.left().reconciler.open();
        List<RangeClaim> second = pair.right().reconciler.answer(opening).claims();
        return seed % 2 == 0 ? second : pair.left().reconciler.answer(second).claims();
    }

    private static List<RangeClaim> decodeOrEmpty(byte[] encoded) {
        try {
            return ReconcileCodec.decodeClaims(encoded);
        } catch (CanonicalFormatException | InvalidClaimException refused) {
            return List.of();
        }
    }
}
