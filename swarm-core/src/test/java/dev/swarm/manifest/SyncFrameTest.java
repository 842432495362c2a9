package dev.swarm.manifest;

import static dev.swarm.manifest.Fixtures.NOW;
import static dev.swarm.manifest.Fixtures.active;
import static dev.swarm.manifest.Fixtures.revoked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.KeyHash;
import dev.swarm.crdt.KeyRange;
import dev.swarm.crdt.RangeClaim;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SyncFrameTest {

    private static final SyncFrame FRAME = new SyncFrame(
            List.of(new RangeClaim.Listing(
                    KeyRange.ALL, List.of(active("a", 1, NOW).signed().version()))),
            List.of(new KeyHash(1, 2), new KeyHash(1, 3)),
            List.of(
                    active("a", 1, NOW).signed(),
                    revoked("op", 1, NOW).signed(),
                    active("a", 2, NOW).signed()),
            true);

    @Test
    void decode_encodedFrame_isEqual() throws MalformedFrameException {
        assertThat(decode(bytes(FRAME))).isEqualTo(FRAME);
        SyncFrame empty = new SyncFrame(List.of(), List.of(), List.of(), false);
        assertThat(decode(bytes(empty))).isEqualTo(empty);
        assertThat(empty.isFinished()).isTrue();
        assertThat(FRAME.isFinished()).isFalse();
    }

    @Test
    void encode_entriesOfOneAuthor_carryTheCertificateOnce() throws MalformedFrameException {
        List<SignedEntry> entries = IntStream.range(0, 50)
                .mapToObj(i -> active("a", i, NOW).signed())
                .toList();
        int certificate = entries.get(0).certificate().length();

        SyncFrame decoded = decode(bytes(new SyncFrame(List.of(), List.of(), entries, false)));

        assertThat(bytes(new SyncFrame(List.of(), List.of(), entries, false)).length
                        - bytes(new SyncFrame(List.of(), List.of(), entries.subList(1, 50), false)).length)
                .isEqualTo(SyncFrameCodec.sizeOf(entries.get(0)) - 2);
        assertThat(certificate).isPositive();
        assertThat(decoded.entries().get(0).certificate())
                .isSameAs(decoded.entries().get(49).certificate());
    }

    @Test
    void decode_everyProperPrefix_isRefused() {
        byte[] bytes = bytes(FRAME);

        for (int length = 0; length < bytes.length; length++) {
            assertRefused(Arrays.copyOf(bytes, length));
        }
    }

    @Test
    void decode_everyBitFlipped_isRefused() {
        byte[] bytes = bytes(FRAME);

        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertRefused(flipped);
        }
    }

    @Test
    void decode_everyPrefixWithAMatchingChecksum_isRefused() {
        byte[] bytes = bytes(FRAME);

        for (int length = 0; length < bytes.length - 4; length++) {
            assertRefused(sealed(Arrays.copyOf(bytes, length)));
        }
    }

    @Test
    void decode_everyByteChangedWithAMatchingChecksum_isRefusedOrOtherwiseHarmless() {
        byte[] content = Arrays.copyOf(bytes(FRAME), bytes(FRAME).length - 4);
        ManifestCrdt manifest = Fixtures.manifest();

        for (int i = 0; i < content.length; i++) {
            byte[] changed = content.clone();
            changed[i] ^= 0x55;
            offer(manifest, sealed(changed));
        }

        assertThat(manifest.entries()).isSubsetOf(FRAME.entries());
    }

    @ParameterizedTest
    @MethodSource("hostileCounts")
    void decode_countWithoutItsBytes_isRefused(Consumer<CanonicalWriter> content) {
        CanonicalWriter writer = new CanonicalWriter(1024);
        content.accept(writer);

        assertRefused(sealed(writer.toByteArray()));
    }

    static List<Consumer<CanonicalWriter>> hostileCounts() {
        return List.of(
                writer -> writer.putByte(2).putByte(0),
                writer -> writer.putByte(1).putByte(2),
                writer -> writer.putByte(1).putByte(0).putCount(8_000),
                writer -> writer.putByte(1).putByte(0).putCount(0).putCount(16_000),
                writer -> writer.putByte(1).putByte(0).putCount(0).putCount(Integer.MAX_VALUE),
                writer -> writer.putByte(1).putByte(0).putCount(0).putCount(0).putCount(50_000),
                writer -> writer.putByte(1)
                        .putByte(0)
                        .putCount(0)
                        .putCount(0)
                        .putCount(1)
                        .putInt(-1),
                writer -> writer.putByte(1)
                        .putByte(0)
                        .putCount(0)
                        .putCount(0)
                        .putCount(0)
                        .putCount(20_000),
                writer -> writer.putByte(1)
                        .putByte(0)
                        .putCount(0)
                        .putCount(0)
                        .putCount(0)
                        .putCount(0)
                        .putByte(0),
                writer -> writer.putByte(1)
                        .putByte(0)
                        .putCount(0)
                        .putCount(2)
                        .putLong(1)
                        .putLong(1)
                        .putLong(1)
                        .putLong(1)
                        .putCount(0)
                        .putCount(0));
    }

    @Test
    void decode_entryThatNamesNoCertificate_isRefused() {
        byte[] body = EntryCodec.encode(active("a", 1, NOW).entry());
        CanonicalWriter writer = new CanonicalWriter(4096);
        writer.putByte(1).putByte(0).putCount(0).putCount(0).putCount(0).putCount(1);
        writer.putBytes(body, 4096).putCount(0).putBytes(new byte[32], 32);

        assertRefused(sealed(writer.toByteArray()));
    }

    @Test
    void decode_longerThanAllowed_isRefusedBeforeItIsRead() {
        assertThatThrownBy(() -> SyncFrame.decode(FRAME.encode(), 100))
                .isInstanceOf(MalformedFrameException.class)
                .hasMessageContaining("to 100");
    }

    @Test
    void encode_moreThanAFrame_throws() {
        List<SignedEntry> entries = IntStream.range(0, 3_000)
                .mapToObj(i -> active("a", i, NOW).signed())
                .toList();
        SyncFrame frame = new SyncFrame(List.of(), List.of(), entries, false);

        assertThatThrownBy(frame::encode).isInstanceOf(IllegalStateException.class);
    }

    private static void offer(ManifestCrdt manifest, byte[] bytes) {
        try {
            SyncFrame frame = decode(bytes);
            for (SignedEntry entry : frame.entries()) {
                manifest.merge(Fixtures.VERIFIER.verify(entry), NOW);
            }
            ManifestSync.over(manifest).answer(frame);
        } catch (MalformedFrameException | RefusedEntryException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }

    private static byte[] bytes(SyncFrame frame) {
        ByteBuffer encoded = frame.encode();
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        return bytes;
    }

    private static SyncFrame decode(byte[] bytes) throws MalformedFrameException {
        return SyncFrame.decode(ByteBuffer.wrap(bytes), SyncFrame.MAX_BYTES);
    }

    private static byte[] sealed(byte[] content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content);
        return ByteBuffer.allocate(content.length + 4)
                .put(content)
                .putInt((int) checksum.getValue())
                .array();
    }

    private static void assertRefused(byte[] bytes) {
        assertThatThrownBy(() -> decode(bytes)).isInstanceOf(MalformedFrameException.class);
    }
}
