package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.swarm.Bandwidth;
import dev.swarm.SeedOptions;
import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.manifest.Gate;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a host hears of a node that it has closed, or closes while it is being used. */
@Timeout(120)
class ClosedNodeIT {

    /** Hashing it takes longer than closing a node. */
    private static final long LONG_FILE_BYTES = 1L << 30;

    @TempDir
    Path directory;

    private Fleet fleet;
    private SwarmNode node;

    @BeforeEach
    void start() {
        fleet = new Fleet(directory, 1);
        node = fleet.node(0);
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    @Test
    void anyCall_afterTheEnd_failsBecauseTheNodeIsClosed() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "content");
        BlobId blob = node.seed(file, SeedOptions.to("*"));
        node.close();

        assertClosed(() -> node.seed(file, SeedOptions.to("*")));
        assertClosed(() -> node.revoke(blob));
        assertClosed(() -> node.ban(blob));
        assertClosed(node::purge);
        assertClosed(node::cleanUp);
        assertClosed(node::blobs);
        assertClosed(node::peers);
        assertClosed(node::status);
        assertClosed(node::health);
        assertClosed(node::fleet);
        assertClosed(() -> node.trait("swarm"));
        assertClosed(() -> node.rotate(fleet.credentials(0)));
        assertClosed(() -> node.deny(fleet.deny(0)));
        assertClosed(() -> node.limitDownloads(Bandwidth.unlimited()));
        assertClosed(() -> node.regate(Map.of(), Gate.ALL));
        assertClosed(() -> settled(node.awaitComplete(blob)));
        assertClosed(() -> settled(node.fetch(blob)));
        assertClosed(() -> settled(node.trait(node.address(), "swarm")));
        assertClosed(() -> settled(node.reachedBy(node.address())));
    }

    @Test
    void whatNeedsNoRunningNode_afterTheEnd_isAnswered() throws Exception {
        BlobId blob = node.seed(Files.writeString(directory.resolve("file"), "content"), SeedOptions.to("*"));
        node.close();

        assertThat(node.id()).hasToString("node-0.example");
        assertThat(node.pathOf(blob)).hasContent("content");
        assertThat(node.dataDirectory()).isEqualTo(fleet.data(0));
        assertThat(node.address().port()).isPositive();
        assertThat(node.counts()).isNotEmpty();
    }

    @Test
    void seed_whileTheNodeCloses_failsBecauseItIsClosed() throws Exception {
        Path file = directory.resolve("long");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(LONG_FILE_BYTES);
        }
        CountDownLatch begun = new CountDownLatch(1);
        Callable<BlobId> seeding = () -> {
            begun.countDown();
            return node.seed(file, SeedOptions.to("*"));
        };
        FutureTask<BlobId> seeded = new FutureTask<>(seeding);
        new Thread(seeded, "seeding").start();

        begun.await();
        node.close();

        assertClosed(() -> settled(seeded));
    }

    private static void assertClosed(ThrowingCallable call) {
        assertThatExceptionOfType(SwarmException.class)
                .isThrownBy(call)
                .withMessage("the node is closed")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(SwarmException.Reason.CLOSED));
    }

    private static void settled(Future<?> future) throws Throwable {
        try {
            future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }
}
