package dev.swarm.examples.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.EntrySigner;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.TestFleet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FleetStatusTest {

    private static final long NOW = 1_800_000_000_000L;
    private static final BlobId BLOB = new BlobId(1, 2, 3, 4);

    @ParameterizedTest(name = "{0} is for a node with {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            role=web      | {"role":"web"} | true
            role=web      | {"role":"db"}  | false
            role=web      | {}             | false
            *,-role=web   | {"role":"web"} | false
            *,-role=web   | {"role":"db"}  | true
            b             | {"role":"db"}  | true
            """)
    void pendingNode_isShownExactlyIfItsTraitsAreMeant(String target, String traits, boolean meant) throws Exception {
        FleetStatus status = new FleetStatus(published(target), NOW);

        status.add(new PeerId("b"), "{\"blobs\":[],\"traits\":" + traits + "}");

        assertThat(status.toMap()).doesNotContainKey("unknown");
        assertThat((List<?>) status.toMap().get("nodes")).hasSize(meant ? 1 : 0);
        assertThat((Map<?, ?>) status.toMap().get("summary"))
                .extracting("pending")
                .isEqualTo(meant ? 1L : 0L);
    }

    @ParameterizedTest(name = "{0} ms after the publication, for seven days: {1} pending")
    @CsvSource({"604799999, 1", "604800000, 0", "604800001, 0"})
    void pendingNode_retentionIsOver_isNotExpectedToBeginAnyMore(long millis, int shown) throws Exception {
        FleetStatus status = new FleetStatus(published("*"), NOW + millis);

        status.add(new PeerId("b"), "{\"blobs\":[],\"traits\":{}}");
        status.add(new PeerId("c"), "{\"blobs\":[\"" + BLOB.hex() + "\"],\"traits\":{}}");

        assertThat(status.summary())
                .containsEntry("pending", (long) shown)
                .containsEntry("complete", 1L)
                .containsEntry("total", 1L + shown);
    }

    @Test
    void nodeThatHasTheBlob_isShownWhateverItsTraits() throws Exception {
        FleetStatus status = new FleetStatus(published("role=web"), NOW);

        status.add(new PeerId("b"), "{\"blobs\":[\"" + BLOB.hex() + "\"],\"traits\":{}}");

        assertThat(status.toMap().get("summary").toString()).contains("complete=1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}         | pending
            {"%s":3}   | downloading
            """)
    void transferWithoutProgress_keepsItsStateAndTellsTheReason(String downloading, String state) throws Exception {
        FleetStatus status = new FleetStatus(published("*"), NOW);

        status.add(
                new PeerId("b"),
                "{\"blobs\":[],\"traits\":{},\"downloading\":%s,\"stalled\":{\"%s\":\"no progress: nobody\"}}"
                        .formatted(downloading.formatted(BLOB.hex()), BLOB.hex()));

        assertThat((Map<?, ?>) ((List<?>) status.toMap().get("nodes")).get(0))
                .extracting("status", "skip_reason")
                .containsExactly(state, "no progress: nobody");
    }

    @Test
    void nodeThatMakesUpNumbers_isShownWithinTheBlob() throws Exception {
        FleetStatus status = new FleetStatus(published("*"), NOW);

        status.add(
                new PeerId("b"),
                "{\"blobs\":[],\"traits\":{},\"downloading\":{\"" + BLOB.hex() + "\":-5},\"chunk_sources\":{\""
                        + BLOB.hex() + "\":{\"x\":-1,\"y\":1000000000000000000,\"z\":\"many\"}}}");
        status.add(
                new PeerId("c"),
                "{\"blobs\":[],\"traits\":{},\"downloading\":{\"" + BLOB.hex() + "\":1000000000000000000}}");

        Object chunks = status.toMap().get("chunks");
        List<?> nodes = (List<?>) status.toMap().get("nodes");
        assertThat(nodes.get(0).toString())
                .contains("chunks_have=0")
                .contains("x=0, y=" + chunks)
                .doesNotContain("z=");
        assertThat(nodes.get(1).toString()).contains("chunks_have=" + chunks);
    }

    @ParameterizedTest(name = "a revoked blob for {0}, a node with {1} that has it: {2}")
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
            b        | {"role":"db"}  | false | revoked
            role=web | {"role":"web"} | false | revoked
            role=web | {"role":"db"}  | false | null
            c        | {"role":"web"} | false | null
            c        | {"role":"web"} | true  | revoking
            """)
    void revokedBlob_countsTheNodesThatItWasFor(String target, String traits, boolean held, @Nullable String shown)
            throws Exception {
        FleetStatus status = new FleetStatus(view(target, EntryState.REVOKED), NOW);

        status.add(
                new PeerId("b"),
                "{\"blobs\":[" + (held ? "\"" + BLOB.hex() + "\"" : "") + "],\"traits\":" + traits + "}");

        assertThat(status.toMap()).doesNotContainKey("unknown");
        Map<?, ?> summary = status.summary();
        assertThat(summary.get("total")).isEqualTo(shown == null ? 0L : 1L);
        if (shown != null) {
            assertThat(summary.get(shown)).isEqualTo(1L);
        }
    }

    @Test
    void ofFiles_nodeAloneThatWroteThem_isShown() throws Exception {
        ManifestEntry entry = published("role=web").winner().entry();
        Map<String, @Nullable Object> state = new HashMap<>(Map.of("host", "b", "traits", Map.of("role", "web")));

        assertThat(FleetStatus.ofFiles(entry, true, state).toMap()).containsEntry("unknown", List.of("b"));
        state.put("blobs", List.of());
        assertThat(FleetStatus.ofFiles(entry, true, state).summary()).containsEntry("pending", 1L);
        state.put("skipped", Map.of(BLOB.hex(), "disk pressure"));
        assertThat(FleetStatus.ofFiles(entry, true, state).summary()).containsEntry("skipped", 1L);
        state.put("downloading", Map.of(BLOB.hex(), 0L));
        assertThat(FleetStatus.ofFiles(entry, true, state).summary()).containsEntry("downloading", 1L);
        state.put("left_out", List.of("blobs"));
        assertThat(FleetStatus.ofFiles(entry, true, state).toMap()).containsEntry("unknown", List.of("b"));
        state.put("blobs", List.of(BLOB.hex()));
        assertThat(FleetStatus.ofFiles(entry, true, state).summary()).containsEntry("complete", 1L);
        assertThat(FleetStatus.ofFiles(entry, false, state).summary()).containsEntry("revoking", 1L);
    }

    @Test
    void paceOfATransfer_isShownWhereItIsTold() throws Exception {
        FleetStatus status = new FleetStatus(published("*"), NOW);
        String hex = BLOB.hex();

        status.add(
                new PeerId("b"),
                "{\"blobs\":[\"%1$s\"],\"ratio\":{\"%1$s\":1.25},\"bound\":{\"%1$s\":\"peers\"},\"duplicate_bytes\":{\"%1$s\":0}}"
                        .formatted(hex));
        status.add(new PeerId("c"), "{\"blobs\":[\"" + hex + "\"],\"bound\":[]}");

        List<?> nodes = (List<?>) status.toMap().get("nodes");
        assertThat((Map<?, ?>) nodes.get(0))
                .extracting("ratio", "bound", "duplicate_bytes")
                .containsExactly(1.25, "peers", 0L);
        assertThat(((Map<?, ?>) nodes.get(1)).get("ratio")).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "null", textBlock = """
            null
            no JSON
            {"blobs":[],"left_out":["traits"]}
            {"blob_count":5000,"traits":{"role":"web"},"left_out":["blobs"]}
            """)
    void nodeThatDoesNotTellEnough_isNamed(String trait) throws Exception {
        FleetStatus status = new FleetStatus(published("role=web"), NOW);

        status.add(new PeerId("b"), trait);

        assertThat(status.toMap()).containsEntry("unknown", List.of("b"));
        assertThat((List<?>) status.toMap().get("nodes")).isEmpty();
    }

    private static BlobView published(String target) throws RefusedEntryException {
        return view(target, EntryState.ACTIVE);
    }

    private static BlobView view(String target, EntryState state) throws RefusedEntryException {
        TestFleet authority = new TestFleet("demo");
        NodeCredentials author = authority.node("a");
        FleetId fleet = FleetId.of(authority.authority());
        ManifestCrdt manifest = ManifestCrdt.create(ManifestPolicy.builder().build());
        ManifestEntry entry = manifest.draft(BLOB, new PeerId("a"), NOW)
                .size(1_000)
                .root(new TreeRoot(1, 2, 3, 4))
                .label(Label.of("app.bin"))
                .target(TargetSpec.parse(target))
                .state(state)
                .build();
        EntrySigner signer = EntrySigner.of(author.key(), author.certificate(), fleet);
        manifest.merge(EntryVerifier.of(fleet, authority.authority()).verify(signer.sign(entry)), NOW);
        return manifest.blobs().iterator().next();
    }
}
