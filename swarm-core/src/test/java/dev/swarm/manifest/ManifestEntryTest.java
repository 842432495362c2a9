package dev.swarm.manifest;

import static dev.swarm.manifest.Fixtures.NOW;
import static dev.swarm.manifest.Fixtures.at;
import static dev.swarm.manifest.Fixtures.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.blob.BlobLayout;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.peer.PeerId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestEntryTest {

    private static final FleetId FLEET = Fixtures.FLEET;

    @Test
    void canonicalBytes_anyEntry_beginWithDomainAndFleet() {
        byte[] bytes = entry("a", 1, NOW).build().canonicalBytes(FLEET);
        byte[] domain = "swarm/manifest-entry/1".getBytes(StandardCharsets.US_ASCII);

        assertThat(Arrays.copyOfRange(bytes, 4, 4 + domain.length)).isEqualTo(domain);
        assertThat(Arrays.copyOfRange(bytes, 4 + domain.length, 4 + domain.length + 32))
                .isEqualTo(FLEET.toBytes());
    }

    @ParameterizedTest
    @MethodSource("changes")
    void canonicalBytes_anyFieldChanged_differ(UnaryOperator<ManifestEntry.Builder> change) {
        ManifestEntry entry = entry("a", 1, NOW).build();
        ManifestEntry changed = change.apply(entry.toBuilder()).build();

        assertThat(changed.canonicalBytes(FLEET)).isNotEqualTo(entry.canonicalBytes(FLEET));
        assertThat(changed).isNotEqualTo(entry);
    }

    @ParameterizedTest
    @MethodSource("changes")
    void decode_encodedEntry_isEqual(UnaryOperator<ManifestEntry.Builder> change) {
        ManifestEntry entry = change.apply(entry("a", 1, NOW)).build();

        assertThat(EntryCodec.decode(EntryCodec.encode(entry))).isEqualTo(entry);
        assertThat(entry.toBuilder().build()).isEqualTo(entry);
    }

    static List<UnaryOperator<ManifestEntry.Builder>> changes() {
        return List.of(
                builder -> builder.blob(Fixtures.blob(2)),
                builder -> builder.author(new PeerId("b")),
                builder -> builder.size(7),
                builder -> builder.root(new TreeRoot(9, 9, 9, 9)),
                builder -> builder.label(new Label("other")),
                builder -> builder.channel("curator"),
                builder -> builder.target(TargetSpec.parse("web-*,-db")),
                builder -> builder.retention(Retention.FOREVER),
                builder -> builder.state(EntryState.REVOKED),
                builder -> builder.state(EntryState.BANNED),
                builder -> builder.clock(at(NOW + 1)),
                builder -> builder.endsOthersUpTo(at(1)));
    }

    @Test
    void decode_everyProperPrefix_isRefused() {
        byte[] bytes = EntryCodec.encode(entry("a", 1, NOW).build());

        for (int length = 0; length < bytes.length; length++) {
            byte[] prefix = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> EntryCodec.decode(prefix)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void decode_authorInUpperCase_isRefusedAsNotCanonical() {
        byte[] bytes = EntryCodec.encode(entry("a", 1, NOW).build());
        int author = 32 + 4;
        assertThat(bytes[author]).isEqualTo((byte) 'a');
        bytes[author] = 'A';

        assertThatThrownBy(() -> EntryCodec.decode(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not in canonical form");
    }

    @Test
    void build_longestFields_fitTheCodec() {
        ManifestEntry entry = entry("a".repeat(253), 1, NOW)
                .label(new Label("l".repeat(255)))
                .channel("c".repeat(32))
                .target(TargetSpec.parse("k=" + "x".repeat(TargetSpec.MAX_BYTES - 2)))
                .size(BlobLayout.MAX_BLOB_BYTES)
                .retention(Retention.of(Retention.MAX))
                .build();

        assertThat(EntryCodec.decode(EntryCodec.encode(entry))).isEqualTo(entry);
        assertThat(entry.canonicalBytes(FLEET)).hasSizeLessThanOrEqualTo(EntryCodec.MAX_CANONICAL_BYTES);
    }

    @Test
    void build_nothingSet_throwsNamingWhatIsMissing() {
        assertThatThrownBy(() -> ManifestEntry.builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no blob");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, BlobLayout.MAX_BLOB_BYTES + 1})
    void build_sizeOutOfRange_throws(long size) {
        assertThatThrownBy(() -> entry("a", 1, NOW).size(size).build()).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "File", "a b", "a_b", "123456789012345678901234567890123"})
    void build_malformedChannel_throwsShowingIt(String channel) {
        assertThatThrownBy(() -> entry("a", 1, NOW).channel(channel).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("channel '");
    }

    @Test
    void build_activeEntryThatEndsItself_throws() {
        assertThatThrownBy(() -> entry("a", 1, NOW).endsOthersUpTo(at(NOW)).build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void toBuilder_revokedEntrySeededAgain_remembersTheRevocation() {
        ManifestEntry revoked = entry("op", 1, NOW).state(EntryState.REVOKED).build();
        ManifestEntry again =
                revoked.toBuilder().state(EntryState.ACTIVE).clock(at(NOW + 5)).build();

        assertThat(revoked.endsOthersUpTo()).isEqualTo(at(NOW));
        assertThat(again.endsOthersUpTo()).isEqualTo(at(NOW));
        assertThat(entry("op", 1, NOW).build().endsOthersUpTo()).isEqualTo(HybridTimestamp.ZERO);
    }

    @Test
    void signedEntry_encodedRecord_isEqualWhenDecoded() {
        SignedEntry signed = Fixtures.signed(entry("a", 1, NOW).build());

        SignedEntry decoded = SignedEntry.decode(
                signed.encode(),
                fingerprint -> fingerprint.equals(signed.certificate().fingerprint()) ? signed.certificate() : null);

        assertThat(decoded).isEqualTo(signed);
        assertThatThrownBy(() -> SignedEntry.decode(signed.encode(), fingerprint -> null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown certificate");
    }

    @Test
    void version_otherSignature_hasOtherContentAndSameKey() {
        SignedEntry signed = Fixtures.signed(entry("a", 1, NOW).build());
        SignedEntry other = new SignedEntry(signed.entry(), signed.certificate(), new byte[] {1});

        assertThat(other.version().key()).isEqualTo(signed.version().key());
        assertThat(other.version().content()).isNotEqualTo(signed.version().content());
    }
}
