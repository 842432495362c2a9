package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.swarm.SeedOptions;
import dev.swarm.blob.BlobId;
import dev.swarm.crdt.Fingerprint;
import dev.swarm.node.Watch;
import dev.swarm.transport.CollectingSink;
import dev.swarm.transport.PeerClient.Lane;
import dev.swarm.transport.Request;
import dev.swarm.transport.TestNode;
import dev.swarm.transport.TransportProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node says of its line to who asks what it has of a blob. */
class IdleAnswersIT {

    private static final TransportProvider TRANSPORT = TransportProvider.installed();
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void answer_ofANodeThatSendsNothing_saysThatItIdles_andNotWhileSomeoneTakesABlob() throws Exception {
        Path file = Files.write(directory.resolve("app.bin"), Seeds.content(7, 64 * MIB));
        try (Fleet fleet = new Fleet(directory, 1);
                TestNode asker = new TestNode(TRANSPORT, fleet.member("asker.example"))) {
            BlobId blob = fleet.node(0).seed(file, SeedOptions.to("*"));

            assertThat(saysThatItIdles(fleet, asker, blob)).isTrue();
            try (RawMember slow =
                    new RawMember(fleet.member("slow.example"), fleet.node(0).address())) {
                slow.startReading("/blobs/" + blob, MIB);
                assertThat(saysThatItIdles(fleet, asker, blob)).isFalse();
            }
            TestWait.until(() -> saysThatItIdles(fleet, asker, blob));
        }
    }

    private static boolean saysThatItIdles(Fleet fleet, TestNode asker, BlobId blob) {
        Watch.Question question = new Watch.Question(
                1531, true, Fingerprint.ZERO, Fingerprint.ZERO, 0, List.of(new Watch.Want(blob, 0)), true);
        CollectingSink sink =
                asker.send(fleet.node(0).address(), Lane.CONTROL, Request.post("/watch", question.encode()));
        assertThat(sink.status()).isEqualTo(200);
        return "1".equals(sink.head().headers().first(Watch.IDLE));
    }
}
