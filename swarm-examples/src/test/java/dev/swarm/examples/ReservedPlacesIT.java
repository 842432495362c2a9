package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.crdt.Fingerprint;
import dev.swarm.node.Watch;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.CollectingSink;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import dev.swarm.transport.TestNode;
import dev.swarm.transport.TransportLimits;
import dev.swarm.transport.TransportProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a node with all its connections taken still hears everyone. */
class ReservedPlacesIT {

    private static final TransportProvider TRANSPORT = TransportProvider.installed();

    @TempDir
    Path directory;

    @Test
    void questionOnTheLastPlace_isAnsweredLongBeforeItsWaitIsOver() {
        TransportLimits limits = TransportLimits.builder()
                .maxConnections(2)
                .reservedConnections(1)
                .reservedTimeout(Duration.ofMillis(500))
                .build();
        Watch.Question question =
                new Watch.Question(1531, true, Fingerprint.ZERO, Fingerprint.ZERO, 0, List.of(), false);
        try (Fleet fleet = new Fleet(directory, 0);
                TestNode stays = new TestNode(TRANSPORT, fleet.member("stays.example"));
                TestNode comes = new TestNode(TRANSPORT, fleet.member("comes.example"))) {
            PeerAddress node = fleet.start(0, config -> config.limits(limits)).address();
            assertThat(stays.send(node, Lane.CONTROL, Request.get("/health/live"))
                            .status())
                    .isEqualTo(200);
            long asked = System.nanoTime();

            CollectingSink answer = comes.send(node, Lane.CONTROL, Request.post("/watch", question.encode()));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - asked))
                    .isBetween(Duration.ofMillis(400), Duration.ofSeconds(10));
        }
    }
}
