package dev.swarm.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.manifest.EntrySigner;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.EntryVerifier;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestCrdt;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ManifestJson;
import dev.swarm.manifest.ManifestPolicy;
import dev.swarm.manifest.ManifestView;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerId;
import dev.swarm.trait.JsonText;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.TestFleet;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which blob a key on the command line means. */
class StoredStateTest {

    private static final long NOW = 1_800_000_000_000L;
    private static final BlobId ENDED = new BlobId(0xAAAA_0000_0000_0000L, 0, 0, 1);
    private static final BlobId CURRENT = new BlobId(0xABCD_0000_0000_0000L, 0, 0, 2);
    private static final BlobId TWIN = new BlobId(0xBBBB_0000_0000_0000L, 0, 0, 3);
    private static final BlobId OTHER_TWIN = new BlobId(0xCCCC_0000_0000_0000L, 0, 0, 4);

    @TempDir
    Path data;

    private final TestFleet fleet = new TestFleet("blue");
    private final ManifestCrdt manifest =
            ManifestCrdt.create(ManifestPolicy.builder().build());

    @BeforeEach
    void writeManifest() throws Exception {
        add("a", ENDED, "app", EntryState.REVOKED);
        add("a", CURRENT, "app", EntryState.ACTIVE);
        add("a", TWIN, "twins", EntryState.ACTIVE);
        add("b", OTHER_TWIN, "twins", EntryState.ACTIVE);
        try (OutputStream file = Files.newOutputStream(data.resolve("manifest.json"))) {
            ManifestJson.write(
                    ManifestView.of(
                            FleetId.of(fleet.authority()),
                            manifest.version(),
                            manifest.digest(),
                            HybridTimestamp.ZERO,
                            manifest.blobs()),
                    file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"abcd", "ABCD", "AbCd0000"})
    void find_prefixOfAnId_isFoundInAnyCase(String key) throws IOException {
        assertThat(new StoredState(data).find(key).blob()).isEqualTo(CURRENT);
    }

    @Test
    void find_labelOfSeveral_meansTheActiveOneAndKnowsTheOthers() throws IOException {
        StoredState stored = new StoredState(data);

        StoredState.Seed found = stored.find("app");

        assertThat(found.blob()).isEqualTo(CURRENT);
        assertThat(stored.namesakes(found)).extracting(StoredState.Seed::blob).containsExactly(ENDED);
    }

    @Test
    void find_labelOfSeveralActive_isRefusedAndNamesEach() {
        assertThatThrownBy(() -> new StoredState(data).find("twins"))
                .isInstanceOf(CommandFailure.class)
                .hasMessage("'twins' means 2 blobs, as bbbb00000000 (active, of a), cccc00000000 (active, of b);"
                        + " give enough digits of one's id");
    }

    @Test
    void statusOfALabel_namesTheOthersThatHadIt() {
        NodeProcesses.Answer plain = swarm("status", "app");
        Map<String, ?> told =
                JsonText.readObject(swarm("status", "app", "--json").out());

        assertThat(plain.out()).contains("Blob: " + CURRENT, "Same label: aaaa00000000 (revoked, of a)");
        assertThat(told.get("sha256")).isEqualTo(CURRENT.hex());
        assertThat(told.get("same_label")).isEqualTo(List.of(Map.of("sha256", ENDED.hex(), "state", "revoked")));
        assertThat(swarm("status", "abcd", "--json").out()).contains("\"same_label\":[{");
    }

    @Test
    void statusWatched_whatFollowsAndIsNoTime_isTheBlob() {
        assertThat(swarm("status", "--watch", "app", "--times", "1").out()).contains("Blob: " + CURRENT);
        assertThat(swarm("status", "--watch", "1s", "app", "--times", "1").out())
                .contains("Blob: " + CURRENT);
        assertThat(swarm("status", "app", "--watch", "soon", "--times", "1").err())
                .contains("--watch: duration 'soon' cannot be read");
    }

    private NodeProcesses.Answer swarm(String... arguments) {
        String[] all = Arrays.copyOf(arguments, arguments.length + 2);
        all[arguments.length] = "--data";
        all[arguments.length + 1] = data.toString();
        return NodeProcesses.swarm(all);
    }

    private void add(String host, BlobId blob, String label, EntryState state) throws Exception {
        NodeCredentials author = fleet.node(host);
        ManifestEntry entry = manifest.draft(blob, new PeerId(host), NOW)
                .size(1_000)
                .root(new TreeRoot(1, 2, 3, 4))
                .label(Label.of(label))
                .target(TargetSpec.parse("*"))
                .state(state)
                .build();
        FleetId id = FleetId.of(fleet.authority());
        EntrySigner signer = EntrySigner.of(author.key(), author.certificate(), id);
        manifest.merge(EntryVerifier.of(id, fleet.authority()).verify(signer.sign(entry)), NOW);
    }
}
