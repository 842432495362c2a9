package dev.swarm.filecast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.blob.BlobCache;
import dev.swarm.blob.BlobId;
import dev.swarm.blob.Label;
import dev.swarm.crdt.HybridTimestamp;
import dev.swarm.disk.DiskGate;
import dev.swarm.manifest.BlobView;
import dev.swarm.manifest.EntryState;
import dev.swarm.manifest.FleetId;
import dev.swarm.manifest.ManifestEntry;
import dev.swarm.manifest.ModelledMembers;
import dev.swarm.manifest.RefusedEntryException;
import dev.swarm.manifest.TargetSpec;
import dev.swarm.peer.PeerId;
import dev.swarm.transport.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLinksTest {

    private static final FleetId FLEET = new FleetId("1".repeat(64));
    private static final PeerId AUTHOR = new PeerId("author.example");
    private static final PeerId OPERATOR = new PeerId("operator.example");
    private static final long NOW = 1_800_000_000_000L;

    @TempDir
    private Path directory;

    private BlobCache store;
    private StandInNode node;
    private FileLinks links;
    private BlobCache.Seeded blob;
    private long clock = NOW;

    @BeforeEach
    void open() throws IOException {
        store = BlobCache.open(directory);
        node = new StandInNode(directory, store, DiskGate.of(any -> new DiskGate.Space("disk", 1_000, 1_000), 1));
        links = new FileLinks(node);
        blob = store.addSeed(Files.writeString(directory.resolve("seed/seeded"), "content"));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    @Test
    void follow_labelThatChangedBeforeTheFirstLookAtABlobThatCame_linksTheNewOneInItsPlace() throws Exception {
        links.link(List.of(publish("one.bin")));
        publish("two.bin");

        links.follow();

        assertThat(linked("two.bin")).hasContent("content");
        assertGone("one.bin");
    }

    @Test
    void follow_labelThatChangedBeforeTheFirstLookAtABlobOfThisNode_linksTheNewOneInItsPlace() throws Exception {
        publish("one.bin");
        links.linkPublished(blob.id(), Label.of("one.bin"));
        publish("two.bin");

        links.follow();

        assertThat(linked("two.bin")).hasContent("content");
        assertGone("one.bin");
    }

    @Test
    void follow_linkThatCouldNotBeMade_isMadeWhenItCanBe() throws Exception {
        Path inTheWay = Files.createDirectories(linked("one.bin").resolve("some.thing"));
        links.link(List.of(publish("one.bin")));
        links.follow();
        assertThat(linked("one.bin")).isDirectory();

        Files.delete(inTheWay);
        Files.delete(linked("one.bin"));
        links.follow();

        assertThat(linked("one.bin")).hasContent("content");
    }

    @Test
    void follow_labelThatChangedBeforeTheBlobWasToldOf_linksTheNewOne() throws Exception {
        BlobView complete = publish("one.bin");
        publish("two.bin");
        links.follow();
        links.link(List.of(complete));

        links.follow();

        assertThat(linked("two.bin")).hasContent("content");
        assertGone("one.bin");
    }

    @Test
    void follow_contentPublishedUnderOneNameAfterTheOther_leavesTheLast() throws Exception {
        for (String label : List.of("one.bin", "two.bin", "three.bin")) {
            publish(label);
            links.linkPublished(blob.id(), Label.of(label));
        }

        links.follow();

        assertThat(linked("three.bin")).hasContent("content");
        assertGone("one.bin");
        assertGone("two.bin");
    }

    @Test
    void unlink_contentPublishedUnderOneNameAfterTheOther_leavesNothing() throws Exception {
        for (String label : List.of("one.bin", "two.bin", "three.bin")) {
            publish(label);
            links.linkPublished(blob.id(), Label.of(label));
        }

        links.unlink(end(AUTHOR));

        for (String label : List.of("one.bin", "two.bin", "three.bin")) {
            assertGone(label);
        }
    }

    @Test
    void link_labelsOfTwoAuthors_areBothThereUntilAnOperatorEndsThem() throws Exception {
        merge(entry().author(node.self()).label(Label.of("mine.bin")).build());
        links.linkPublished(blob.id(), Label.of("mine.bin"));
        links.link(List.of(
                merge(entry().author(OPERATOR).label(Label.of("app.bin")).build(), Role.OPERATOR)));
        links.follow();
        assertThat(linked("mine.bin")).hasContent("content");
        assertThat(linked("app.bin")).hasContent("content");

        links.unlink(end(OPERATOR, Role.OPERATOR));

        assertGone("mine.bin");
        assertGone("app.bin");
    }

    @Test
    void link_blobThatOnlyTheOlderEntryMeansForThisNode_hasThatEntrysLabel() throws Exception {
        publish("one.bin");
        BlobView both = merge(entry().author(new PeerId("other.example"))
                .label(Label.of("two.bin"))
                .target(TargetSpec.parse("elsewhere.example"))
                .build());

        links.link(List.of(both));

        assertThat(linked("one.bin")).hasContent("content");
        assertGone("two.bin");
    }

    @Test
    void unlink_blobThatIsActiveAndYetInTheStore_isNotLinkedAgain() throws Exception {
        BlobView expired = publish("one.bin");
        links.link(List.of(expired));

        links.unlink(expired);
        links.follow();

        assertGone("one.bin");
    }

    @Test
    void follow_blobThatEndedWithoutAWord_isUnlinked() throws Exception {
        links.link(List.of(publish("one.bin")));
        end(AUTHOR);

        links.follow();

        assertGone("one.bin");
    }

    @Test
    void linkHeld_linksOfAnEarlierRun_thoseThatLeadNowhereOrAreOfAnOlderNameGo() throws Exception {
        BlobCache.Seeded unknown = store.addSeed(Files.writeString(directory.resolve("seed/more"), "more"));
        store.link(Label.of("unknown.bin"), unknown.id());
        store.link(Label.of("old.bin"), blob.id());
        Files.createSymbolicLink(linked("nowhere.bin"), Path.of("..", ".blobs", "0".repeat(64)));
        Files.createSymbolicLink(linked("of-others"), Path.of("elsewhere"));
        publish("new.bin");

        links.linkHeld();
        links.follow();

        assertThat(linked("new.bin")).hasContent("content");
        assertThat(linked("unknown.bin")).hasContent("more");
        assertThat(linked("of-others")).isSymbolicLink();
        assertGone("old.bin");
        assertGone("nowhere.bin");
    }

    private BlobView end(PeerId author, Role... roles) throws RefusedEntryException {
        return merge(
                node.manifest
                        .draft(blob.id(), author, clock++)
                        .state(EntryState.REVOKED)
                        .build(),
                roles);
    }

    private BlobView publish(String label) throws RefusedEntryException {
        return merge(entry().label(Label.of(label)).build());
    }

    private ManifestEntry.Builder entry() {
        return ManifestEntry.builder()
                .blob(blob.id())
                .author(AUTHOR)
                .channel(Filecast.NAME)
                .size(blob.layout().size())
                .root(blob.tree().root())
                .target(TargetSpec.ALL)
                .clock(HybridTimestamp.of(clock++, 0));
    }

    private BlobView merge(ManifestEntry entry, Role... roles) throws RefusedEntryException {
        node.manifest.merge(
                ModelledMembers.verifier(FLEET)
                        .verify(ModelledMembers.signer(FLEET, entry.author(), roles)
                                .sign(entry)),
                clock);
        BlobId id = entry.blob();
        return Objects.requireNonNull(node.manifest.blob(id));
    }

    private void assertGone(String label) {
        assertThat(Files.exists(linked(label), LinkOption.NOFOLLOW_LINKS)).isFalse();
    }

    private Path linked(String label) {
        return directory.resolve("files").resolve(label);
    }
}
