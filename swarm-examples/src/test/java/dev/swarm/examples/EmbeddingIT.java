package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.swarm.SeedOptions;
import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.manifest.Gate;
import dev.swarm.transport.NodeCredentials;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a host application may do to its node, and what it gets back when that goes wrong. */
@Timeout(60)
class EmbeddingIT {

    @TempDir
    Path directory;

    private long loopsBefore;
    private Fleet fleet;

    @BeforeEach
    void start() {
        loopsBefore = loops();
        fleet = new Fleet(directory, 1);
    }

    @AfterEach
    void stop() {
        fleet.close();
    }

    @Test
    void start_onTheDirectoryOfARunningNode_isRefusedAndTheNodeGoesOn() throws Exception {
        NodeCredentials same = fleet.issued(0);

        assertThatExceptionOfType(SwarmException.class)
                .isThrownBy(() -> fleet.start(0, same))
                .withMessageContainingAll(fleet.data(0).toString(), "another node", "is running on it");

        SwarmNode node = fleet.node(0);
        BlobId blob = node.seed(file("first"), SeedOptions.to("*"));
        node.close();
        assertThat(fleet.start(0, same).blobs()).anyMatch(view -> view.blob().equals(blob));
    }

    @Test
    void start_thatFailsOnceItListens_givesThePortBack() throws Exception {
        int port = fleet.node(0).address().port();
        fleet.node(0).close();
        NodeCredentials own = fleet.issued(0);
        NodeCredentials mixed =
                new NodeCredentials(own.chain(), fleet.member("other.example").key(), own.authority());

        assertThatExceptionOfType(SwarmException.class)
                .isThrownBy(() -> fleet.start(0, mixed))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(SwarmException.Reason.IDENTITY));

        SwarmNode again =
                fleet.start(0, config -> config.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        assertThat(again.address().port()).isEqualTo(port);
    }

    @Test
    void awaitComplete_dependent_mayAskTheNodeAndCloseIt() throws Exception {
        SwarmNode receiver = fleet.start(1);
        BlobId blob = fleet.node(0).seed(file("content"), SeedOptions.to("*"));

        CompletableFuture<Integer> answer = receiver.fetch(blob).thenApply(come -> {
            int complete = receiver.status().completeBlobs();
            receiver.close();
            return complete;
        });

        assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(1);
        fleet.node(0).close();
        TestWait.until(() -> loops() == loopsBefore);
    }

    @Test
    void awaitComplete_ofABlobThatWasRevoked_fails() throws Exception {
        SwarmNode node = fleet.node(0);
        BlobId blob = node.seed(file("content"), SeedOptions.to("*"));
        node.revoke(blob);

        assertThat(node.awaitComplete(blob)).failsWithin(20, TimeUnit.SECONDS);
    }

    @Test
    void seed_onANodeThatMayNotPublish_saysThatTheGateIsClosed() throws Exception {
        SwarmNode node = fleet.start(1, config -> config.seeding(Gate.of(List.of("other*"))));

        assertThatExceptionOfType(SwarmException.class)
                .isThrownBy(() -> node.seed(file("content"), SeedOptions.to("*")))
                .withMessageContaining("seeding gate")
                .withMessageNotContaining("clock");
    }

    @Test
    void fetch_ofNull_isRefusedAndTheNodeGoesOn() throws Exception {
        SwarmNode node = fleet.node(0);

        assertThatNullPointerException().isThrownBy(() -> node.fetch(null));

        assertThat(node.awaitComplete(node.seed(file("content"), SeedOptions.to("*"))))
                .succeedsWithin(20, TimeUnit.SECONDS);
    }

    @Test
    void close_ofAnInterruptedThread_endsEverything() {
        SwarmNode node = fleet.node(0);

        Thread.currentThread().interrupt();
        node.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(loops()).isEqualTo(loopsBefore);
        assertThatExceptionOfType(SwarmException.class).isThrownBy(node::status).satisfies(e -> assertThat(e.reason())
                .isEqualTo(SwarmException.Reason.CLOSED));
    }

    private Path file(String content) throws Exception {
        return Files.writeString(directory.resolve(content), content);
    }

    private static long loops() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("swarm-node"))
                .count();
    }
}
