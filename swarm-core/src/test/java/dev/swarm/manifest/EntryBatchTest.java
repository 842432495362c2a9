package dev.swarm.manifest;

import static dev.swarm.manifest.Fixtures.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.crdt.CanonicalReader;
import dev.swarm.crdt.CanonicalWriter;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.docs.Page;
import dev.swarm.manifest.RefusedEntryException.Reason;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.Role;
import dev.swarm.transport.TestFleet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EntryBatchTest {

    private static final TestFleet FLEET = new TestFleet("fleet");
    private static final FleetId FLEET_ID = FleetId.of(FLEET.authority());
    private static final NodeCredentials WEB =
            FLEET.issue("web-01").algorithm("RSA").build();
    private static final long TIME =
            WEB.certificate().getNotBefore().toInstant().plusSeconds(60).toEpochMilli();
    private static final List<SignedEntry> FIVE = sign(WEB, 5);

    static LongStream seeds() {
        return Fixtures.seeds().limit(10);
    }

    @Test
    void root_anySizeAndPlace_isThatOfTheStandard() {
        for (int size : new int[] {2, 3, 4, 5, 6, 7, 8, 9, 31, 33, 255, 256, 257, 1000, 1023, 1024}) {
            List<byte[]> entries =
                    IntStream.range(0, size).mapToObj(EntryBatchTest::leaf).toList();
            EntryBatch batch = new EntryBatch(entries);
            byte[] root = treeHash(entries);

            assertThat(batch.root()).isEqualTo(root);
            for (int i = 0; i < size; i++) {
                assertThat(batch.path(i).root(entries.get(i))).isEqualTo(root);
                assertThat(read(batch.path(i)::write)).isEqualTo(batch.path(i));
            }
        }
    }

    private static byte[] leafHash(byte[] entry) {
        return Sha256.of(new byte[] {0}, entry);
    }

    /** RFC 6962, section 2.1, word by word. */
    private static byte[] treeHash(List<byte[]> entries) {
        if (entries.size() == 1) {
            return leafHash(entries.get(0));
        }
        int left = 1;
        while (2 * left < entries.size()) {
            left *= 2;
        }
        return Sha256.of(
                new byte[] {1}, treeHash(entries.subList(0, left)), treeHash(entries.subList(left, entries.size())));
    }

    @Test
    void write_exampleOfTheDocumentation_isAsItStandsThere() {
        List<byte[]> entries = List.of(leaf('a'), leaf('b'), leaf('c'));
        EntryBatch batch = new EntryBatch(entries);
        AuthorCertificate certificate = AuthorCertificate.of("certificate".getBytes(StandardCharsets.US_ASCII));
        byte[] signature = {(byte) 0xab, (byte) 0xcd};

        String example =
                "leafhashes" + entries.stream().map(leaf -> hex(leafHash(leaf))).collect(Collectors.joining())
                        + "root" + hex(batch.root())
                        + "signed" + hex(EntryBatch.signedBytes(3, batch.root(), certificate, Fixtures.FLEET))
                        + "sentwitha" + hex(proof(new EntryProof(batch.path(0), signature)))
                        + "sentwithc" + hex(proof(new EntryProof(batch.path(2), signature)))
                        + "byitself" + hex(proof(new EntryProof(null, signature)));

        assertThat(Page.of("docs/protocol.md").triedBy(EntryBatchTest.class, 0).replaceAll("\\s", ""))
                .isEqualTo(example);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void verify_entriesOfABatch_areAcceptedAloneAndInAnyOrder(long seed) throws RefusedEntryException {
        Random random = new Random(seed);
        NodeCredentials author = FLEET.issue("web-01")
                .algorithm(random.nextBoolean() ? "EC" : "Ed25519")
                .build();
        List<SignedEntry> shuffled = new ArrayList<>(sign(author, 2 + random.nextInt(300)));
        Collections.shuffle(shuffled, random);
        EntryVerifier verifier = verifier();

        for (SignedEntry signed : shuffled) {
            assertThat(signed.isOfBatch()).isTrue();
            assertThat(verifier.verify(signed).signed()).isEqualTo(signed);
        }
        SignedEntry alone = shuffled.get(0);
        assertThat(verifier().verify(alone).signed()).isEqualTo(alone);
    }

    @Test
    void signAll_moreThanABatch_makesBatchesAndASingleEntryByItself() {
        List<SignedEntry> signed = sign(WEB, 2 * EntryBatch.PREFERRED_ENTRIES + 1);

        assertThat(signed.stream().map(entry -> hex(entry.signature())).distinct())
                .hasSize(3);
        assertThat(signed.get(2 * EntryBatch.PREFERRED_ENTRIES).isOfBatch()).isFalse();
        assertThat(signed).extracting(SignedEntry::entry).isEqualTo(entries(2 * EntryBatch.PREFERRED_ENTRIES + 1));
    }

    /** With a verifier that knows nothing, and with one that has accepted the whole batch before. */
    @Test
    void verify_anyBitOfARecordFlipped_isRefused() throws RefusedEntryException {
        EntryVerifier knowing = verifier();
        for (SignedEntry signed : FIVE) {
            knowing.verify(signed);
        }
        EntryVerifier fresh = verifier();
        byte[] record = FIVE.get(3).encode();

        for (int bit = 0; bit < 8 * record.length; bit++) {
            byte[] flipped = record.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(isAccepted(flipped, knowing)).as("bit %d", bit).isFalse();
            assertThat(isAccepted(flipped, fresh)).as("bit %d", bit).isFalse();
        }
        assertThat(isAccepted(record, knowing)).isTrue();
    }

    private static boolean isAccepted(byte[] record, EntryVerifier verifier) {
        try {
            AuthorCertificate known = FIVE.get(0).certificate();
            verifier.verify(SignedEntry.decode(record, name -> name.equals(known.fingerprint()) ? known : null));
            return true;
        } catch (IllegalArgumentException | RefusedEntryException e) {
            return false;
        }
    }

    @Test
    void verify_rootOfAnothersMakingWithAnAcceptedSignature_isRefused() throws RefusedEntryException {
        EntryVerifier verifier = verifier();
        verifier.verify(FIVE.get(0));
        List<ManifestEntry> others = entries(5, 100);
        List<SignedEntry> forged = EntryBatch.sign(others, FIVE.get(0).certificate(), FLEET_ID, message -> FIVE.get(0)
                .signature());

        for (SignedEntry each : forged) {
            assertRefused(verifier, each);
        }
    }

    @Test
    void verify_acceptedRootWithAnotherSignature_isRefused() throws RefusedEntryException {
        EntryVerifier verifier = verifier();
        verifier.verify(FIVE.get(0));
        List<SignedEntry> forged =
                EntryBatch.sign(entries(5), FIVE.get(0).certificate(), FLEET_ID, message -> new byte[256]);

        assertRefused(verifier, forged.get(0));
        assertThat(verifier.verify(FIVE.get(1)).signed()).isEqualTo(FIVE.get(1));
    }

    @Test
    void verify_otherCertificateOfTheSameKey_isRefused() throws RefusedEntryException {
        NodeCredentials plain = FLEET.node("web-01");
        NodeCredentials raised = FLEET.node("web-01", Role.OPERATOR);
        EntryVerifier verifier = verifier();
        SignedEntry signed = sign(plain, 3).get(1);
        verifier.verify(signed);

        assertRefused(
                verifier, new SignedEntry(signed.entry(), AuthorCertificate.of(raised.certificate()), signed.proof()));
    }

    @Test
    void verify_signatureOfABatchForAnEntryByItself_isRefused() throws RefusedEntryException {
        SignedEntry signed = FIVE.get(0);
        EntryVerifier verifier = verifier();
        verifier.verify(signed);

        assertRefused(verifier, new SignedEntry(signed.entry(), signed.certificate(), signed.signature()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0000", "0100", "818000", "818008" + "00", "0303", "0304", "038000", "830000", "ff7f00"})
    void read_sizeOrPlaceOutOfRangeOrPadded_isRefused(String sizeAndPlace) {
        byte[] head = HexFormat.of().parseHex("00000000" + sizeAndPlace);
        byte[] bytes = Arrays.copyOf(head, head.length + 12 * Sha256.BYTES);

        assertThatThrownBy(() -> EntryProof.read(new CanonicalReader(bytes)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void read_noSignatureAfterThePath_isRefused() {
        byte[] bytes = new CanonicalWriter(200)
                .putInt(0)
                .putCount(2)
                .putCount(0)
                .putFixed(new byte[Sha256.BYTES])
                .putInt(0)
                .toByteArray();

        assertThatThrownBy(() -> EntryProof.read(new CanonicalReader(bytes)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("signature is 0 bytes");
    }

    @Test
    void decode_recordAndFrame_areWhatWasEncoded() throws MalformedFrameException {
        AuthorCertificate certificate = FIVE.get(0).certificate();
        SyncFrame frame = new SyncFrame(List.of(), List.of(), FIVE, false);

        SyncFrame decoded = SyncFrame.decode(frame.encode(), SyncFrame.MAX_BYTES);

        assertThat(decoded.entries()).isEqualTo(FIVE);
        assertThat(FIVE).allSatisfy(signed -> assertThat(SignedEntry.decode(signed.encode(), name -> certificate))
                .isEqualTo(signed));
        assertThat(frame.encode().remaining())
                .isLessThanOrEqualTo(SyncFrameCodec.FIXED_BYTES
                        + SyncFrameCodec.sizeOf(certificate)
                        + FIVE.stream().mapToInt(SyncFrameCodec::sizeOf).sum());
    }

    @Test
    void read_journalOfABatch_hasItsEntries() throws IOException {
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        merge(manifest, FIVE);
        ManifestJournal journal = new ManifestJournal(FLEET_ID, new byte[ManifestJournal.SALT_BYTES]);
        ByteArrayOutputStream file = new ByteArrayOutputStream();

        journal.start(manifest.image(), file);
        ManifestCrdt restored = ManifestCrdt.create(ManifestPolicy.defaults());
        assertThat(restored.restore(ManifestJournal.read(file.toByteArray(), FLEET_ID), NOW))
                .isEmpty();

        assertThat(restored.entries()).isEqualTo(manifest.entries()).hasSize(5);
        assertThat(restored.digest()).isEqualTo(manifest.digest());
    }

    @Test
    void merge_oneEntryByItselfAndOfTwoBatches_isTheSameInAnyOrder() {
        List<ManifestEntry> entries = entries(3);
        EntrySigner signer = signer(WEB);
        List<SignedEntry> three = List.of(
                signer.sign(entries.get(0)),
                signer.signAll(entries).get(0),
                signer.signAll(entries.subList(0, 2)).get(0));
        int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

        assertThat(Arrays.stream(orders).map(order -> {
                    ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
                    merge(manifest, Arrays.stream(order).mapToObj(three::get).toList());
                    return manifest.digest();
                }))
                .hasSize(6)
                .containsOnly(digestOf(three));
    }

    private static Fingerprint digestOf(List<SignedEntry> entries) {
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.defaults());
        merge(manifest, entries);
        return manifest.digest();
    }

    private static void merge(ManifestCrdt manifest, List<SignedEntry> entries) {
        EntryVerifier verifier = verifier();
        for (SignedEntry signed : entries) {
            try {
                manifest.merge(verifier.verify(signed), NOW);
            } catch (RefusedEntryException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void assertRefused(EntryVerifier verifier, SignedEntry forged) {
        assertThatThrownBy(() -> verifier.verify(forged))
                .isInstanceOf(RefusedEntryException.class)
                .extracting(e -> ((RefusedEntryException) e).reason())
                .isEqualTo(Reason.BAD_SIGNATURE);
    }

    private static EntryVerifier verifier() {
        return EntryVerifier.of(FLEET_ID, FLEET.authority());
    }

    private static EntrySigner signer(NodeCredentials author) {
        return EntrySigner.of(author.key(), author.certificate(), FLEET_ID);
    }

    private static List<SignedEntry> sign(NodeCredentials author, int count) {
        return signer(author).signAll(entries(count));
    }

    private static List<ManifestEntry> entries(int count) {
        return entries(count, 0);
    }

    private static List<ManifestEntry> entries(int count, int from) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> Fixtures.entry("web-01", i, TIME).build())
                .toList();
    }

    private static byte[] leaf(int number) {
        return number < 128 ? new byte[] {(byte) number} : new byte[] {(byte) (number >> 8), (byte) number};
    }

    private static BatchPath read(Consumer<CanonicalWriter> value) {
        CanonicalWriter writer = new CanonicalWriter(BatchPath.MAX_BYTES);
        value.accept(writer);
        return BatchPath.read(new CanonicalReader(writer.toByteArray()));
    }

    private static byte[] proof(EntryProof proof) {
        CanonicalWriter writer = new CanonicalWriter(EntryProof.MAX_BYTES);
        proof.write(writer);
        assertThat(proof.length()).isEqualTo(writer.length());
        return writer.toByteArray();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
