package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens for every action that an operator can take on a seeder. */
class SeederActionsIT {

    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void placeFileAndTerms_distributionStarts() throws Exception {
        byte[] content = Seeds.content(1, 3 * MIB + 17);
        try (Fleet fleet = new Fleet(directory, 3)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(1, "app.bin", content, "*", "7d");

            seeds.awaitLinked(0, "app.bin", content);
            seeds.awaitLinked(2, "app.bin", content);
            assertThat(seeds.stored(1, blob)).isSymbolicLink();
            assertThat(fleet.node(1).trait("swarm_seeds"))
                    .contains(blob.hex(), "\"label\":\"app.bin\"", "\"target\":\"*\"", "\"retention\":\"7d\"")
                    .contains("\"broken_seeds\":[]");
        }
    }

    @Test
    void removeFileFromSeed_revokesHoweverManyReceiversHaveIt() throws Exception {
        byte[] content = Seeds.content(2, 2 * MIB);
        try (Fleet fleet = new Fleet(directory, 3)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "logs.gz", content, "*", "0");
            seeds.awaitLinked(1, "logs.gz", content);
            seeds.awaitLinked(2, "logs.gz", content);

            seeds.remove(0, "logs.gz");

            for (SwarmNode node : fleet.nodes()) {
                TestWait.until(() -> !Seeds.isActive(node, blob));
            }
            for (int node = 0; node < 3; node++) {
                seeds.awaitGone(node, blob);
            }
            TestWait.until(() -> Files.notExists(seeds.linked(2, "logs.gz"), LinkOption.NOFOLLOW_LINKS));
        }
    }

    @Test
    void replaceFile_sameNameOtherContent_oldIsRevokedAndNewDistributed() throws Exception {
        byte[] first = Seeds.content(3, 2 * MIB);
        byte[] second = Seeds.content(4, 2 * MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId old = seeds.place(0, "app.bin", first, "*", "7d");
            seeds.awaitLinked(1, "app.bin", first);

            seeds.write(0, "app.bin", second);

            seeds.awaitLinked(1, "app.bin", second);
            seeds.awaitGone(1, old);
            assertThat(Seeds.isActive(fleet.node(1), old)).isFalse();
            assertThat(seeds.directory(0).resolve("app.bin")).hasBinaryContent(second);
            assertThat(Seeds.isActive(fleet.node(0), Seeds.idOf(second))).isTrue();
        }
    }

    @Test
    void editTerms_targetAndRetention_countForNewAssignmentsOnly() throws Exception {
        byte[] content = Seeds.content(5, 2 * MIB);
        try (Fleet fleet = new Fleet(directory, 3)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "node-1*", "7d");
            seeds.awaitLinked(1, "app.bin", content);
            assertThat(seeds.stored(2, blob)).doesNotExist();

            seeds.terms(0, "app.bin", "node-2*", "30d");

            seeds.awaitLinked(2, "app.bin", content);
            assertThat(seeds.linked(1, "app.bin")).hasBinaryContent(content);
            assertThat(Seeds.view(fleet.node(2), blob).winner().entry().retention())
                    .hasToString("30d");
        }
    }

    @Test
    void reseedAfterRevoke_sameContent_isDistributedAgain() throws Exception {
        byte[] content = Seeds.content(6, 2 * MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "7d");
            seeds.awaitLinked(1, "app.bin", content);
            fleet.node(0).revoke(blob);
            seeds.awaitGone(0, blob);
            seeds.awaitGone(1, blob);
            TestWait.until(() -> Files.notExists(seeds.directory(0).resolve("app.bin.swarm")));
            assertThat(seeds.directory(0)).isEmptyDirectory();
            assertThat(seeds.buried(0, blob)).hasBinaryContent(content);

            seeds.place(0, "app.bin", content, "*", "7d");

            seeds.awaitLinked(1, "app.bin", content);
            assertThat(Seeds.isActive(fleet.node(1), blob)).isTrue();
        }
    }

    @Test
    void reseedAfterRevoke_onAnotherNode_graveyardCopyIsUsedInsteadOfADownload() throws Exception {
        byte[] content = Seeds.content(7, 2 * MIB);
        try (Fleet fleet = new Fleet(directory, 3)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "7d");
            seeds.awaitLinked(2, "app.bin", content);
            fleet.node(0).revoke(blob);
            for (int node = 0; node < 3; node++) {
                seeds.awaitGone(node, blob);
            }

            seeds.place(1, "again.bin", content, "*", "7d");

            seeds.awaitLinked(0, "again.bin", content);
            seeds.awaitLinked(2, "again.bin", content);
            assertThat(seeds.buried(0, blob)).doesNotExist();
            assertThat(Seeds.sources(fleet.node(0), blob)).isEmpty();
            assertThat(Seeds.sources(fleet.node(2), blob)).isNotEmpty();
        }
    }

    @Test
    void interruptedSeed_partialFileThenComplete_partialIsRevoked() throws Exception {
        byte[] whole = Seeds.content(8, 3 * MIB);
        byte[] part = Arrays.copyOf(whole, MIB + 100);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId partial = seeds.place(0, "app.bin", part, "*", "7d");
            seeds.awaitLinked(1, "app.bin", part);

            seeds.write(0, "app.bin", whole);

            seeds.awaitLinked(1, "app.bin", whole);
            seeds.awaitGone(1, partial);
            assertThat(Seeds.isActive(fleet.node(1), partial)).isFalse();
            assertThat(seeds.directory(0).resolve("app.bin")).hasBinaryContent(whole);
        }
    }

    @Test
    void restartWhileSeeding_seedIsTakenUpWithoutHashingAnew() throws Exception {
        byte[] content = Seeds.content(9, 2 * MIB);
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "*", "7d");
            TestWait.until(() -> Seeds.isActive(fleet.node(0), blob));
            long version = fleet.node(0).status().manifestVersion();
            fleet.node(0).close();
            fleet.start(0);
            fleet.start(1);

            seeds.awaitLinked(1, "app.bin", content);
            assertThat(Seeds.view(fleet.node(0), blob).entries()).hasSize(1);
            assertThat(fleet.node(0).status().manifestVersion()).isEqualTo(version);
        }
    }

    @Test
    void removeAndReplaceWhileDown_areNoticedAtTheStart() throws Exception {
        byte[] first = Seeds.content(10, MIB);
        byte[] removed = Seeds.content(11, MIB + 1);
        byte[] second = Seeds.content(12, MIB + 2);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId old = seeds.place(1, "app.bin", first, "*", "0");
            BlobId gone = seeds.place(1, "gone.bin", removed, "*", "0");
            seeds.awaitLinked(0, "app.bin", first);
            seeds.awaitLinked(0, "gone.bin", removed);
            fleet.node(1).close();
            seeds.remove(1, "gone.bin");
            seeds.write(1, "app.bin", second);

            fleet.start(1);

            seeds.awaitLinked(0, "app.bin", second);
            seeds.awaitGone(0, old);
            seeds.awaitGone(0, gone);
        }
    }

    @Test
    void revokedWhileDown_leftoverSeedIsTakenAwayInsteadOfPublished() throws Exception {
        byte[] content = Seeds.content(13, MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            SwarmNode operator = fleet.startOperator();
            BlobId blob = seeds.place(1, "app.bin", content, "*", "0");
            seeds.awaitLinked(0, "app.bin", content);
            TestWait.until(() -> Seeds.isActive(operator, blob));
            fleet.node(1).close();
            operator.revoke(blob);
            seeds.awaitGone(0, blob);

            fleet.start(1);

            TestWait.until(() -> Files.exists(seeds.buried(1, blob)));
            TestWait.until(() -> Files.notExists(seeds.directory(1).resolve("app.bin.swarm")));
            assertThat(seeds.directory(1)).isEmptyDirectory();
            assertThat(Seeds.isActive(fleet.node(0), blob)).isFalse();
        }
    }

    @Test
    void retentionOver_atTheSeeder_endsForAllAndEmptiesTheSeedDirectory() throws Exception {
        byte[] content = Seeds.content(14, MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "brief.bin", content, "*", "3s");
            seeds.awaitLinked(1, "brief.bin", content);

            seeds.awaitGone(1, blob);
            seeds.awaitGone(0, blob);
            TestWait.until(() -> Files.notExists(seeds.directory(0).resolve("brief.bin.swarm")));
            assertThat(seeds.directory(0)).isEmptyDirectory();
            assertThat(seeds.buried(0, blob)).hasBinaryContent(content);
            TestWait.until(() -> !Seeds.isActive(fleet.node(1), blob));
        }
    }

    @Test
    void graveyard_copyOfEightDaysAgo_isDeletedAndAYoungerOneKept() throws Exception {
        byte[] old = Seeds.content(15, 1_000);
        byte[] young = Seeds.content(16, 1_001);
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            BlobId oldBlob = seeds.place(0, "old.bin", old, "*", "0");
            BlobId youngBlob = seeds.place(0, "young.bin", young, "*", "0");
            TestWait.until(() -> Seeds.isActive(fleet.node(0), oldBlob) && Seeds.isActive(fleet.node(0), youngBlob));
            fleet.node(0).revoke(oldBlob);
            fleet.node(0).revoke(youngBlob);
            TestWait.until(() -> Files.exists(seeds.buried(0, oldBlob)) && Files.exists(seeds.buried(0, youngBlob)));

            backdate(seeds.buried(0, youngBlob), Duration.ofDays(6));
            backdate(seeds.buried(0, oldBlob), Duration.ofDays(8));

            TestWait.until(() -> Files.notExists(seeds.buried(0, oldBlob)));
            assertThat(seeds.buried(0, youngBlob)).exists();
        }
    }

    @Test
    void sameContentUnderTwoNames_oneRemoved_isKeptForTheOther() throws Exception {
        byte[] content = Seeds.content(17, MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "one.bin", content, "*", "0");
            seeds.place(0, "two.bin", content, "*", "0");
            seeds.awaitLinked(1, "two.bin", content);

            seeds.remove(0, "one.bin");
            seeds.place(0, "later.bin", Seeds.content(18, MIB), "*", "0");
            seeds.awaitLinked(1, "later.bin", Seeds.content(18, MIB));

            assertThat(Seeds.isActive(fleet.node(1), blob)).isTrue();
            TestWait.until(() -> Files.exists(seeds.stored(0, blob)));
            assertThat(seeds.stored(0, blob)).hasBinaryContent(content);
            seeds.remove(0, "two.bin");
            seeds.awaitGone(1, blob);
        }
    }

    @Test
    void sameContentUnderTwoNames_reachesWhomEitherIsMeantFor() throws Exception {
        byte[] content = Seeds.content(20, MIB);
        try (Fleet fleet = new Fleet(directory, 3)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "one.bin", content, "node-1*", "7d");
            seeds.awaitLinked(1, "one.bin", content);
            seeds.place(0, "two.bin", content, "node-2*", "1d");
            seeds.awaitLinked(2, "two.bin", content);

            assertThat(Seeds.view(fleet.node(2), blob).winner().entry().target())
                    .hasToString("node-2*,node-1*");
            assertThat(Seeds.view(fleet.node(2), blob).winner().entry().retention())
                    .hasToString("7d");
            seeds.place(0, "three.bin", content, "-node-2*", "7d");
            TestWait.until(() -> Seeds.broken(fleet.node(0)).containsKey("three.bin"));
            assertThat(Seeds.broken(fleet.node(0)).get("three.bin")).contains("same content as one.bin");
            assertThat(Seeds.view(fleet.node(0), blob).label().name()).isEqualTo("two.bin");
        }
    }

    @Test
    void sharedContent_revoked_buriesEveryNameOfIt() throws Exception {
        byte[] content = Seeds.content(19, MIB);
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "one.bin", content, "*", "0");
            seeds.place(0, "two.bin", content, "*", "0");
            TestWait.until(
                    () -> String.valueOf(fleet.node(0).trait("swarm_seeds")).contains("\"label\":\"two.bin\""));

            fleet.node(0).revoke(blob);

            TestWait.until(() -> {
                try (var left = Files.list(seeds.directory(0))) {
                    return left.findAny().isEmpty();
                }
            });
            assertThat(seeds.buried(0, blob)).hasBinaryContent(content);
            TestWait.until(() -> {
                try (var left = Files.list(fleet.data(0).resolve("files"))) {
                    return left.findAny().isEmpty();
                }
            });
        }
    }

    @Test
    void receivedThenSeeded_ownEntryRevoked_leavesTheCopyAndNothingInSeed() throws Exception {
        byte[] content = Seeds.content(25, MIB);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "c.bin", content, "*", "0");
            seeds.awaitLinked(1, "c.bin", content);
            seeds.place(1, "c2.bin", content, "*", "0");
            TestWait.until(() -> Seeds.view(fleet.node(1), blob).activeEntries().size() == 2);

            fleet.node(1).revoke(blob);

            TestWait.until(() -> Files.notExists(seeds.directory(1).resolve("c2.bin.swarm")));
            assertThat(seeds.directory(1)).isEmptyDirectory();
            TestWait.until(() -> Files.notExists(seeds.linked(1, "c2.bin"), LinkOption.NOFOLLOW_LINKS));
            assertThat(seeds.linked(1, "c.bin")).hasBinaryContent(content);
            assertThat(Seeds.broken(fleet.node(1))).isEmpty();
        }
    }

    @Test
    void storeLinkDeleted_seedIsListedAgain() throws Exception {
        byte[] content = Seeds.content(20, MIB);
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", content, "others", "0");
            TestWait.until(() -> Files.exists(seeds.stored(0, blob)));

            Files.delete(seeds.stored(0, blob));

            TestWait.until(() -> Files.exists(seeds.stored(0, blob)));
            assertThat(seeds.directory(0).resolve("app.bin")).hasBinaryContent(content);
        }
    }

    @Test
    void brokenSeeds_areNamedWithTheReasonUntilMended() throws Exception {
        try (Fleet fleet = new Fleet(directory, 1)) {
            Seeds seeds = new Seeds(fleet);
            seeds.place(0, "unknown.bin", Seeds.content(21, 10), "*", "0");
            Files.writeString(
                    seeds.directory(0).resolve("unknown.bin.swarm"),
                    "{\"target\":\"*\",\"retention\":\"7d\",\"ttl\":5}");
            seeds.place(0, "target.bin", Seeds.content(22, 10), "", "7d");
            seeds.place(0, "retention.bin", Seeds.content(23, 10), "*", "soon");
            seeds.write(0, "alone.bin", Seeds.content(24, 10));
            seeds.terms(0, "nothing.bin", "*", "7d");
            TestWait.until(() -> Seeds.broken(fleet.node(0)).size() == 5);

            assertThat(Seeds.broken(fleet.node(0)))
                    .hasEntrySatisfying("unknown.bin", why -> assertThat(why).contains("unknown key 'ttl'"))
                    .hasEntrySatisfying("target.bin", why -> assertThat(why).contains("target"))
                    .hasEntrySatisfying("retention.bin", why -> assertThat(why).contains("soon", "7d"))
                    .hasEntrySatisfying("alone.bin", why -> assertThat(why).contains("alone.bin.swarm"))
                    .hasEntrySatisfying(
                            "nothing.bin.swarm", why -> assertThat(why).contains("nothing.bin"));
            assertThat(fleet.node(0).blobs()).isEmpty();
            seeds.terms(0, "retention.bin", "*", "7d");
            TestWait.until(() -> Seeds.broken(fleet.node(0)).size() == 4);
            TestWait.until(() -> fleet.node(0).blobs().size() == 1);
        }
    }

    private static void backdate(Path file, Duration by) throws Exception {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(by)));
    }
}
