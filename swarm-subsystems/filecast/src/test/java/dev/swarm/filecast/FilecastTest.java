package dev.swarm.filecast;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.blob.TreeRoot;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.disk.DiskGate;
import dev.swarm.lifecycle.SeedTerms;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.TargetSpec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FilecastTest {

    private static final SeedTerms WEB = SeedTerms.of("*.web.*", "0");
    private static final SeedTerms DB = SeedTerms.of("*.db.*", "0");

    private static final long ROOMY = 1_000;

    private final Filecast filecast = new Filecast();

    @TempDir
    private Path directory;

    private BlobCache store;
    private StandInNode node;
    private long freeBytes = ROOMY;

    @BeforeEach
    void start() throws IOException {
        store = BlobCache.open(directory.resolve("data"));
        start(store);
    }

    @AfterEach
    void stop() throws IOException {
        store.close();
    }

    @Test
    void distribute_overAnExistingName_isOneStepForACycleInBetween() throws IOException {
        filecast.distribute(file("old"), "app.bin", WEB);
        List<String> before = List.copyOf(node.orders);
        List<String> between = new ArrayList<>();
        start(afterCopies(store, () -> {
            filecast.onCycle();
            between.addAll(node.orders);
            assertThat(directory.resolve("data/seed/app.bin")).hasContent("new");
        }));

        Filecast.Distributed fresh = filecast.distribute(file("new"), "app.bin", DB);

        assertThat(before).hasSize(1);
        assertThat(between).isEmpty();
        assertThat(node.orders).last().isEqualTo("app.bin " + fresh.blob() + " *.db.*");
        assertThat(node.orders).noneMatch(order -> order.endsWith("*.web.*"));
    }

    @Test
    void distribute_overAnExistingNameAndKilledBeforeTheNewTerms_givesTheNewContentToNobody() throws IOException {
        filecast.distribute(file("old"), "app.bin", WEB);
        start(afterCopies(store, () -> {
            throw new IllegalStateException("killed");
        }));
        assertThatIllegalStateException().isThrownBy(() -> filecast.distribute(file("new"), "app.bin", DB));

        start(store, new Filecast());

        assertThat(directory.resolve("data/seed/app.bin")).hasContent("new");
        assertThat(node.orders).isEmpty();
        assertThat(node.trait()).contains("there is no app.bin.swarm beside it");
    }

    @Test
    void distribute_contentThatHadEnded_isPublishedBeforeOtherFilesAreHashed() throws Exception {
        Filecast.Distributed old = filecast.distribute(file("content"), "app.bin", WEB);
        end(old.blob());
        filecast.onCycle();
        node.publishedTogether.clear();
        Files.writeString(directory.resolve("data/seed/a"), "a");
        Files.writeString(directory.resolve("data/seed/a.swarm"), WEB.toJson());

        filecast.distribute(file("content"), "app.bin", WEB);

        assertThat(node.orders).element(1).asString().startsWith("app.bin ");
        assertThat(node.publishedTogether).containsExactly(1, 1);
    }

    @Test
    void distribute_beforeItsTurnToStartHasCome_waitsForIt() throws Exception {
        Filecast early = new Filecast();
        Path content = file("content");
        CompletableFuture<Filecast.Distributed> asked = new CompletableFuture<>();
        Thread host = new Thread(() -> {
            try {
                asked.complete(early.distribute(content, "early.bin", WEB));
            } catch (IOException | RuntimeException e) {
                asked.completeExceptionally(e);
            }
        });
        host.start();

        early.start(node);

        assertThat(asked.get(30, TimeUnit.SECONDS).size()).isEqualTo(7);
        host.join();
    }

    @Test
    void distribute_underANameThatIsBeingDistributed_isRefused() throws IOException {
        Path other = file("other");
        start(afterCopies(store, () -> assertThatExceptionOfType(SwarmException.class)
                .isThrownBy(() -> filecast.distribute(other, "app.bin", DB))
                .withMessageContaining("app.bin")
                .withMessageContaining("another file")));

        Filecast.Distributed done = filecast.distribute(file("content"), "app.bin", WEB);

        assertThat(node.orders).containsExactly("app.bin " + done.blob() + " *.web.*");
        assertThat(directory.resolve("data/seed/app.bin")).hasContent("content");
        assertThat(node.trait()).doesNotContain("another file");
    }

    @ParameterizedTest
    @ValueSource(ints = {243, 244, 249})
    void distribute_longName_liesInSeedWithItsTerms(int bytes) throws IOException {
        String name = "n".repeat(bytes);

        filecast.distribute(file("content"), name, WEB);

        assertThat(names()).containsExactlyInAnyOrder(name, name + ".swarm");
        assertThat(node.orders).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", "\u00e9"})
    void distribute_nameWithoutRoomForItsTerms_leavesNothingBehind(String letter) throws IOException {
        String name = letter.repeat(252 / letter.getBytes(StandardCharsets.UTF_8).length);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> filecast.distribute(file("content"), name, WEB))
                .withMessageContaining("252 bytes")
                .withMessageContaining("249");

        assertThat(names()).isEmpty();
        assertThat(store.complete()).isEmpty();
        assertThat(node.orders).isEmpty();
    }

    @Test
    void distribute_givenUp_leavesWhatWasThereAndTheNameFree() throws IOException {
        filecast.distribute(file("old"), "app.bin", WEB);
        Path fresh = file("new");

        assertThatThrownBy(() -> filecast.distribute(fresh, "app.bin", DB, () -> true))
                .isInstanceOf(InterruptedIOException.class);

        assertThat(directory.resolve("data/seed").toFile().list())
                .containsExactlyInAnyOrder("app.bin", "app.bin.swarm");
        assertThat(directory.resolve("data/seed/app.bin")).hasContent("old");
        assertThat(node.orders).hasSize(1);
        filecast.distribute(fresh, "app.bin", DB);
        assertThat(directory.resolve("data/seed/app.bin")).hasContent("new");
    }

    @Test
    void distribute_fileThatIsNotThere_leavesNothingBehind() throws IOException {
        Path absent = directory.resolve("absent");

        assertThatIOException().isThrownBy(() -> filecast.distribute(absent, "app.bin", WEB));

        assertThat(names()).isEmpty();
    }

    @Test
    void onCycle_manySeeds_arePublishedTogether() throws IOException {
        for (int i = 0; i < 300; i++) {
            Files.writeString(directory.resolve("data/seed/app-" + i), "content " + i);
            Files.writeString(directory.resolve("data/seed/app-" + i + ".swarm"), WEB.toJson());
        }

        filecast.onCycle();

        assertThat(node.publishedTogether).containsExactly(256, 44);
        assertThat(node.orders).hasSize(300).doesNotHaveDuplicates();
    }

    @Test
    void onCycle_publishedSeedWithoutAnEntry_isPublishedAgainOnceNeighboursHadTimeToTellOfAnEnd() throws IOException {
        filecast.distribute(file("content"), "app.bin", WEB);
        List<String> first = List.copyOf(node.orders);
        start(store);

        filecast.onCycle();
        assertThat(node.orders).isEmpty();
        node.nanos = TimeUnit.SECONDS.toNanos(10);
        filecast.onCycle();

        assertThat(node.orders).isEqualTo(first);
    }

    @Test
    void onCycle_endedSeed_isCopiedToTheGraveyardOnlyIfThereIsRoom() throws Exception {
        List<Boolean> copies = new ArrayList<>();
        start((BlobCache) Proxy.newProxyInstance(
                BlobCache.class.getClassLoader(), new Class<?>[] {BlobCache.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("burySeed")) {
                        copies.add((Boolean) arguments[2]);
                    }
                    return method.invoke(store, arguments);
                }));
        Filecast.Distributed roomy = filecast.distribute(file("first"), "roomy.bin", WEB);
        end(roomy.blob());
        filecast.onCycle();
        Filecast.Distributed cramped = filecast.distribute(file("second"), "cramped.bin", WEB);
        freeBytes = 3;
        end(cramped.blob());
        filecast.onCycle();

        assertThat(copies).containsExactly(true, false);
        assertThat(names()).isEmpty();
        assertThat(directory.resolve("data/graveyard").resolve(roomy.blob().hex()))
                .hasContent("first");
        assertThat(directory.resolve("data/graveyard").resolve(cramped.blob().hex()))
                .hasContent("second");
    }

    @Test
    void onCycle_endedSeedThatHoldsSomethingElseByNow_isANewSeedByTheSameTerms() throws Exception {
        Filecast.Distributed old = filecast.distribute(file("content"), "app.bin", WEB);
        Path seed = directory.resolve("data/seed/app.bin");
        FileTime time = Files.getLastModifiedTime(seed);
        Path another = file("another");
        Files.setLastModifiedTime(another, time);
        Files.move(another, seed, StandardCopyOption.ATOMIC_MOVE);
        end(old.blob());

        filecast.onCycle();
        filecast.onCycle();

        assertThat(names()).containsExactlyInAnyOrder("app.bin", "app.bin.swarm");
        assertThat(node.orders)
                .hasSize(2)
                .last()
                .asString()
                .startsWith("app.bin ")
                .doesNotContain(old.blob().hex());
    }

    @Test
    void onCycle_seedThatWasPublishedBeforeACrashAndIsGoneAfterIt_isRevoked() throws IOException {
        Path seed = Files.writeString(directory.resolve("data/seed/app.bin"), "content");
        Path terms = Files.writeString(directory.resolve("data/seed/app.bin.swarm"), WEB.toJson());
        filecast.onCycle();
        String blob = node.orders.get(0).split(" ", -1)[1];
        Map<String, String> kept = node.keptAtPublications.get(0);
        Files.delete(seed);
        Files.delete(terms);
        node.kept.clear();
        node.kept.putAll(kept);
        start(store, new Filecast());

        assertThat(node.orders).containsExactly("revoke " + blob);
    }

    @Test
    void onCycle_removedSeedThatCannotBeRevoked_isBrokenAndRevokedWhenItCanBe() throws Exception {
        Filecast.Distributed gone = filecast.distribute(file("content"), "app.bin", WEB);
        merge(gone.blob(), EntryState.ACTIVE, 1);
        Files.delete(directory.resolve("data/seed/app.bin"));
        Files.delete(directory.resolve("data/seed/app.bin.swarm"));
        node.refusesToRevoke = true;

        filecast.onCycle();
        assertThat(node.trait()).contains("app.bin (").contains("stays distributed: the certificate is over");
        node.refusesToRevoke = false;
        filecast.onCycle();
        end(gone.blob());
        filecast.onCycle();

        assertThat(node.orders).hasSize(2).last().isEqualTo("revoke " + gone.blob());
        assertThat(node.trait()).doesNotContain("stays distributed");
    }

    @Test
    void onCycle_contentThatHadEnded_isPublishedBeforeOtherFilesAreHashed() throws Exception {
        Filecast.Distributed old = filecast.distribute(file("content"), "app.bin", WEB);
        end(old.blob());
        filecast.onCycle();
        node.publishedTogether.clear();
        for (String name : List.of("a", "b", "c")) {
            Files.writeString(directory.resolve("data/seed").resolve(name), name.equals("a") ? "content" : name);
            Files.writeString(directory.resolve("data/seed").resolve(name + ".swarm"), WEB.toJson());
        }

        filecast.onCycle();

        assertThat(node.publishedTogether).containsExactly(1, 2);
    }

    /** Has the manifest say that this node's entry of a blob ended. */
    private void end(BlobId blob) throws RefusedEntryException {
        merge(blob, EntryState.REVOKED, 2);
    }

    private void merge(BlobId blob, EntryState state, long millis) throws RefusedEntryException {
        FleetId fleet = new FleetId("1".repeat(64));
        ManifestEntry entry = ManifestEntry.builder()
                .blob(blob)
                .author(node.self())
                .size(1)
                .root(TreeRoot.of(new byte[TreeRoot.BYTES]))
                .label(Label.of("label"))
                .target(TargetSpec.ALL)
                .clock(HybridTimestamp.of(millis, 0))
                .state(state)
                .build();
        node.manifest.merge(
                ModelledMembers.verifier(fleet)
                        .verify(ModelledMembers.signer(fleet, node.self()).sign(entry)),
                millis);
    }

    @Test
    void onCycle_noRoomForTheCopyOfASeed_isBrokenUntilThereIs() throws IOException {
        start(copying(store));
        Files.writeString(directory.resolve("data/seed/app.bin"), "content");
        Files.writeString(directory.resolve("data/seed/app.bin.swarm"), WEB.toJson());
        freeBytes = 3;

        filecast.onCycle();

        assertThat(store.complete()).isEmpty();
        assertThat(node.orders).isEmpty();
        assertThat(node.trait()).contains("app.bin").contains("broken_seeds");
        freeBytes = ROOMY;
        filecast.onCycle();
        assertThat(node.orders).hasSize(1);
    }

    @Test
    void distribute_whereSeedsAreCopied_asksForRoomForBothCopies() throws IOException {
        start(copying(store));
        Path file = file("content");
        freeBytes = 18;

        assertThatExceptionOfType(SwarmException.class)
                .isThrownBy(() -> filecast.distribute(file, "app.bin", WEB))
                .extracting(SwarmException::reason)
                .isEqualTo(SwarmException.Reason.DISK_PRESSURE);

        assertThat(names()).isEmpty();
        start(store);
        assertThat(filecast.distribute(file, "app.bin", WEB).size()).isEqualTo(7);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory.resolve("data/seed"))) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private void start(BlobCache blobs, Filecast another) {
        start(blobs);
        another.start(node);
        another.onCycle();
    }

    private void start(BlobCache blobs) {
        DiskGate gate = DiskGate.of(any -> new DiskGate.Space("disk", 1_000, freeBytes), 1);
        Map<String, String> kept = node == null ? Map.of() : node.kept;
        node = new StandInNode(directory.resolve("data"), blobs, gate);
        node.kept.putAll(kept);
        filecast.start(node);
    }

    /** The store, as it says of itself where there are no links. */
    private static BlobCache copying(BlobCache store) {
        return (BlobCache) Proxy.newProxyInstance(
                BlobCache.class.getClassLoader(),
                new Class<?>[] {BlobCache.class},
                (proxy, method, arguments) ->
                        method.getName().equals("copiesSeeds") ? true : method.invoke(store, arguments));
    }

    /** The store, where something happens when a copy is in its place and has no terms yet. */
    private static BlobCache afterCopies(BlobCache store, Runnable event) {
        return (BlobCache) Proxy.newProxyInstance(
                BlobCache.class.getClassLoader(),
                new Class<?>[] {BlobCache.class},
                (proxy, method, arguments) -> method.getName().equals("copySeed")
                        ? after((BlobCache.SeedCopy) method.invoke(store, arguments), event)
                        : method.invoke(store, arguments));
    }

    private static BlobCache.SeedCopy after(BlobCache.SeedCopy copy, Runnable event) {
        return new BlobCache.SeedCopy() {
            @Override
            public BlobCache.Seeded content() {
                return copy.content();
            }

            @Override
            public void place(Label label) throws IOException {
                copy.place(label);
                event.run();
            }

            @Override
            public void close() throws IOException {
                copy.close();
            }
        };
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("file-" + content), content);
    }
}
