package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.manifest.Gate;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.Retention;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerAddress;
import dev.swarm.subsystem.SubsystemContext;
import dev.swarm.subsystem.SubsystemContext.NewEntry;
import dev.swarm.transport.Request;
import dev.swarm.transport.Route;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a running node promises its plugins. */
@Timeout(120)
class PluginContractIT {

    @TempDir
    Path directory;

    private Fleet fleet;
    private SwarmNode node;
    private PlantedPlugin plugin;
    private SubsystemContext context;

    @BeforeEach
    void start() throws Exception {
        fleet = new Fleet(directory, 0);
        plugin = PlantedPlugin.startNode(directory, () -> fleet.start(0));
        node = fleet.node(0);
        context = plugin.context();
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    @Test
    void publishAll_dependentsThatPublishAndWait_allEnd() throws Exception {
        List<NewEntry> first = entries("first", 100);
        List<NewEntry> second = entries("second", 100);
        List<CompletableFuture<ManifestEntry>> ends = new ArrayList<>();

        List<CompletableFuture<ManifestEntry>> answers = context.publishAll(first);
        for (int i = 0; i < first.size(); i++) {
            NewEntry next = second.get(i);
            ends.add(answers.get(i)
                    .thenApply(entry -> context.publishAll(List.of(next)).get(0).join()));
        }

        for (CompletableFuture<ManifestEntry> end : ends) {
            assertThat(end.get(60, TimeUnit.SECONDS).channel()).isEqualTo(PlantedPlugin.NAME);
        }
        assertThat(context.entries()).hasSize(200);
    }

    @Test
    void ask_dependentThatAsksAndWaits_ends() throws Exception {
        SwarmNode other = fleet.start(1);
        CompletableFuture<Integer> status = context.ask(other.address(), Request.get("/health/live"), 1024)
                .thenApply(answer -> context.hasRoom(other.address(), null).join())
                .handle((room, refused) -> context.ask(other.address(), Request.get("/health/live"), 1024)
                        .join()
                        .status());

        assertThat(status.get(60, TimeUnit.SECONDS)).isEqualTo(200);
    }

    @Test
    void trait_dependentThatAsksAndWaits_ends() throws Exception {
        SwarmNode other = fleet.start(1);
        CompletableFuture<Boolean> reached = node.trait(other.address(), "swarm")
                .thenApply(trait -> node.reachedBy(other.address()).join());

        assertThat(reached.get(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void offerTrait_ofTheNodesOwn_isRefusedAndTheNodeKeepsIt() throws Exception {
        String before = node.trait("swarm_node");

        for (String name : List.of("swarm", "swarm_node", "swarm_seeds")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.offerTrait(name, () -> "{}"))
                    .withMessageContaining("\"" + name + "\"");
        }
        context.offerTrait("planted", () -> "{}");
        node.regate(Map.of(PlantedPlugin.NAME, Gate.NONE), Gate.ALL);
        TestWait.until(() -> node.trait("planted") == null);

        assertThat(node.trait("swarm_node")).isEqualTo(before);
    }

    @Test
    void keep_nameThatLeadsElsewhere_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> context.keep("../outside", "text"));
        assertThatIllegalArgumentException().isThrownBy(() -> context.kept("../outside"));

        assertThat(directory.resolve("outside")).doesNotExist();
    }

    @Test
    void gate_closedAndOpenedAgain_endsTheContextAndBringsAnother() throws Exception {
        NewEntry entry = entry("late");
        context.offerTrait("planted", () -> "{}");

        node.regate(Map.of(PlantedPlugin.NAME, Gate.NONE), Gate.ALL);
        TestWait.until(() -> node.trait("planted") == null);

        assertActsRefused(entry);
        assertThat(node.trait("planted")).isNull();
        assertThat(context.blob(entry.blob())).isNull();

        node.regate(Map.of(), Gate.ALL);
        SubsystemContext next = plugin.context();
        next.serve(Route.get("/planted", exchange -> {}));
        next.publish(entry.blob(), entry.label(), entry.target(), entry.retention());
        assertActsRefused(entry);
    }

    @Test
    void node_closed_endsTheContext() throws Exception {
        NewEntry entry = entry("late");

        node.close();

        assertActsRefused(entry);
    }

    private void assertActsRefused(NewEntry entry) {
        PeerAddress peer = node.address();
        assertClosed(() -> context.serve(Route.get("/planted", exchange -> {})), "serve GET /planted");
        assertClosed(() -> context.offerTrait("planted", () -> "{}"), "offer trait planted");
        assertClosed(() -> context.offer(Runnable.class, () -> {}), "offer java.lang.Runnable");
        assertClosed(() -> context.storesIn(user -> directory), "say where it stores");
        assertClosed(() -> context.keep("planted.txt", "text"), "keep planted.txt");
        assertClosed(
                () -> context.publish(entry.blob(), entry.label(), entry.target(), entry.retention()), "publish blob");
        assertClosed(() -> context.publishAll(List.of(entry)), "publish 1 blobs");
        assertClosed(() -> context.revoke(entry.blob()), "revoke blob");
        assertClosed(() -> context.request(entry.blob()), "request blob");
        assertClosed(() -> settled(context.ask(peer, Request.get("/health/live"), 1024)), "ask " + peer);
        assertClosed(() -> settled(context.hasRoom(peer, null)), "ask " + peer);
    }

    private static void assertClosed(ThrowingCallable call, String what) {
        assertThatExceptionOfType(SwarmException.class)
                .isThrownBy(call)
                .withMessageContainingAll("subsystem planted cannot " + what, "closed")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(SwarmException.Reason.CLOSED));
    }

    private static void settled(CompletableFuture<?> future) throws Throwable {
        try {
            future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    private List<NewEntry> entries(String name, int count) throws Exception {
        List<NewEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(entry(name + "-" + i));
        }
        return entries;
    }

    private NewEntry entry(String label) throws Exception {
        return new NewEntry(stored(label), label, TargetSpec.ALL, Retention.DEFAULT);
    }

    /** A blob of the node's store that nobody has published. */
    private BlobId stored(String content) throws Exception {
        return context.blobs()
                .addSeed(Files.writeString(directory.resolve(content), content))
                .id();
    }
}
