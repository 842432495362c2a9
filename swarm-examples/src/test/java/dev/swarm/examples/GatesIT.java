package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.Bandwidth;
import dev.swarm.SeedOptions;
import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.filecast.Filecast;
import dev.swarm.lifecycle.SeedTerms;
import dev.swarm.manifest.Gate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gates that are opened and closed while nodes run. */
class GatesIT {

    private static final Map<String, Gate> NOT_ON_NODE_1 = Map.of("filecast", Gate.of(List.of("-node-1.example", "*")));

    @TempDir
    Path directory;

    private Fleet fleet;

    @AfterEach
    void closeFleet() {
        if (fleet != null) {
            fleet.close();
        }
    }

    @Test
    void regate_closedAndOpenedAgain_receivesWhatWasPublishedMeanwhile() throws Exception {
        fleet = new Fleet(directory, 2);
        Seeds seeds = new Seeds(fleet);
        byte[] before = "before".getBytes(StandardCharsets.UTF_8);
        byte[] during = "during".getBytes(StandardCharsets.UTF_8);
        BlobId kept = seeds.place(0, "before.txt", before, "*", "7d");
        seeds.awaitLinked(1, "before.txt", before);

        fleet.node(1).regate(NOT_ON_NODE_1, Gate.ALL);
        assertThat(fleet.node(1).status().gates()).containsEntry("filecast", false);
        TestWait.until(
                () -> Files.readString(fleet.data(1).resolve("state.json")).contains("\"filecast\" : false"));
        BlobId blob = seeds.place(0, "during.txt", during, "*", "7d");
        TestWait.until(() -> Seeds.isActive(fleet.node(1), blob));
        seeds.place(1, "own.txt", "own".getBytes(StandardCharsets.UTF_8), "*", "7d");
        awaitCycles(fleet.node(1));

        assertThat(seeds.stored(1, blob)).doesNotExist();
        assertThat(seeds.stored(1, kept)).exists();
        assertThat(seeds.linked(0, "own.txt")).doesNotExist();
        assertThat(fleet.node(1).subsystem(Filecast.class)).isNull();
        assertThat(fleet.node(1).trait("swarm_seeds")).isNull();

        fleet.node(1).regate(Map.of(), Gate.ALL);
        seeds.awaitLinked(1, "during.txt", during);
        seeds.awaitLinked(0, "own.txt", "own".getBytes(StandardCharsets.UTF_8));
        assertThat(fleet.node(1).status().gates()).containsEntry("filecast", true);
    }

    @Test
    void regate_closedInMidDownload_thePartialCopyGoesWithTheBlob() throws Exception {
        fleet = new Fleet(directory, 1);
        Seeds seeds = new Seeds(fleet);
        byte[] content = Seeds.content(1, 32 << 20);
        SwarmNode receiver = fleet.start(1, config -> config.maxBandwidth(Bandwidth.bytesPerSecond(8 << 20)));
        BlobId blob = seeds.place(0, "app.bin", content, "*", "7d");
        TestWait.until(() -> receiver.status().transfers().stream().anyMatch(transfer -> transfer.chunksHeld() >= 4));

        receiver.regate(NOT_ON_NODE_1, Gate.ALL);
        TestWait.until(() -> receiver.status().transfers().isEmpty());
        awaitCycles(receiver);
        assertThat(seeds.partial(1, blob)).as("the gate may open again").isDirectory();
        seeds.remove(0, "app.bin");

        seeds.awaitGone(1, blob);
    }

    @Test
    void regate_closedInMidDownloadAndRevokedWhileTheNodeIsOff_thePartialCopyGoesAfterTheStart() throws Exception {
        fleet = new Fleet(directory, 1);
        Seeds seeds = new Seeds(fleet);
        byte[] content = Seeds.content(2, 32 << 20);
        SwarmNode receiver = fleet.start(1, config -> config.maxBandwidth(Bandwidth.bytesPerSecond(8 << 20)));
        BlobId blob = seeds.place(0, "app.bin", content, "*", "7d");
        TestWait.until(() -> receiver.status().transfers().stream().anyMatch(transfer -> transfer.chunksHeld() >= 4));
        receiver.regate(NOT_ON_NODE_1, Gate.ALL);
        receiver.close();
        assertThat(seeds.partial(1, blob)).isDirectory();
        seeds.remove(0, "app.bin");
        TestWait.until(() -> !Seeds.isActive(fleet.node(0), blob));

        fleet.start(1, config -> config.gates(NOT_ON_NODE_1));

        seeds.awaitGone(1, blob);
    }

    @Test
    void regate_closedWhileAHostHoldsThePlugin_refusesToDistributeByName() throws Exception {
        fleet = new Fleet(directory, 1);
        Filecast held = fleet.node(0).subsystem(Filecast.class);
        Path file = Files.writeString(directory.resolve("report.txt"), "report");

        fleet.node(0).regate(Map.of("filecast", Gate.NONE), Gate.ALL);
        awaitCycles(fleet.node(0));

        assertThatThrownBy(() -> held.distribute(file, "report.txt", SeedTerms.of("*", "7d")))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("report.txt")
                .hasMessageContaining("open its gate");
    }

    @Test
    void regate_seedingTakenFromAHost_refusesItsEntriesFromThenOn() throws Exception {
        fleet = new Fleet(directory, 1);
        SwarmNode node = fleet.node(0);
        BlobId first = node.seed(write("first"), SeedOptions.to("*"));

        node.regate(Map.of(), Gate.of(List.of("-node-0.*", "*")));

        assertThatThrownBy(() -> node.seed(write("second"), SeedOptions.to("*")))
                .isInstanceOf(SwarmException.class);
        assertThat(Seeds.isActive(node, first)).isTrue();
        node.regate(Map.of(), Gate.ALL);
        assertThat(Seeds.isActive(node, node.seed(write("third"), SeedOptions.to("*"))))
                .isTrue();
    }

    private Path write(String name) throws IOException {
        return Files.writeString(directory.resolve(name), name);
    }

    /** Waits until what a node does once a cycle has come round some times. */
    private void awaitCycles(SwarmNode node) throws Exception {
        Path state = fleet.data(fleet.nodes().indexOf(node)).resolve("state.json");
        TestWait.until(() -> Files.exists(state));
        for (int i = 0; i < 4; i++) {
            String before = Files.readString(state);
            TestWait.until(() -> !Files.readString(state).equals(before));
        }
    }
}
