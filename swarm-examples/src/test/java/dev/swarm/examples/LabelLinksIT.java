package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.filecast.Filecast;
import dev.swarm.lifecycle.SeedTerms;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which links {@code files/} has of a content that goes by several labels, and that none of them outlives it. */
class LabelLinksIT {

    private static final byte[] CONTENT = Seeds.content(1, 100_000);

    @TempDir
    Path directory;

    @Test
    void contentDistributedUnderThreeNamesInTurn_goesByTheLastAndLeavesNoLink() throws Exception {
        Path file = Files.write(directory.resolve("firmware.bin"), CONTENT);
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            for (String name : new String[] {"e1", "e2", "e3"}) {
                fleet.node(0).subsystem(Filecast.class).distribute(file, name, SeedTerms.of("*", "0"));
                seeds.awaitLinked(0, name, CONTENT);
            }
            seeds.awaitLinked(1, "e3", CONTENT);

            fleet.node(0).revoke(Seeds.idOf(CONTENT));

            awaitEmpty(fleet.data(0).resolve("files"));
            awaitEmpty(fleet.data(1).resolve("files"));
            awaitEmpty(seeds.directory(0));
        }
    }

    @Test
    void ownNameBesideAnOperators_endsWithTheOperatorsRevocation() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            SwarmNode operator = fleet.startOperator();
            BlobId blob = seeds.place(1, "mine", CONTENT, "nobody", "0");
            seeds.awaitLinked(1, "mine", CONTENT);
            seeds.place(2, "e", CONTENT, "node-0*", "0");
            seeds.awaitLinked(0, "e", CONTENT);
            TestWait.until(() -> Seeds.view(fleet.node(1), blob).activeEntries().size() == 2);

            operator.revoke(blob);

            for (int node = 0; node < 3; node++) {
                awaitEmpty(fleet.data(node).resolve("files"));
                awaitEmpty(seeds.directory(node));
            }
        }
    }

    @Test
    void freshReceiverMeantByTheOlderEntryAlone_hasItsLabel() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "c.bin", CONTENT, "*", "0");
            seeds.awaitLinked(1, "c.bin", CONTENT);
            seeds.place(1, "c2.bin", CONTENT, "nobody", "0");
            TestWait.until(() -> Seeds.view(fleet.node(0), blob).label().name().equals("c2.bin"));

            fleet.start(2);

            seeds.awaitLinked(2, "c.bin", CONTENT);
            assertThat(Files.exists(seeds.linked(2, "c2.bin"), LinkOption.NOFOLLOW_LINKS))
                    .isFalse();
        }
    }

    @Test
    void linksOfAnEarlierRun_thatLeadNowhere_areRemovedAtTheStart() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            Seeds seeds = new Seeds(fleet);
            BlobId blob = seeds.place(0, "app.bin", CONTENT, "*", "0");
            seeds.awaitLinked(1, "app.bin", CONTENT);
            fleet.node(1).close();
            fleet.node(0).revoke(blob);
            Files.delete(seeds.stored(1, blob));

            fleet.start(1);

            awaitEmpty(fleet.data(1).resolve("files"));
        }
    }

    private static void awaitEmpty(Path directory) throws Exception {
        TestWait.until(() -> {
            try (var left = Files.list(directory)) {
                return left.findAny().isEmpty();
            }
        });
    }
}
