package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SeedOptions;
import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.transport.NodeCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that stop to count, and others that take their place, while nodes run. */
class RevocationIT {

    private static final int MIB = 1 << 20;
    private static final int LARGE = 256 * MIB;
    private static final Duration CUT_WITHIN = Duration.ofSeconds(1);

    /**
     * Bytes a second: a large blob takes four seconds, so it is not through before the cut; the 4 MiB at most that a socket
     * buffers are read within a tenth of one, so the reader sees the cut when it is made.
     */
    private static final int PACED = 64 * MIB;

    @TempDir
    Path directory;

    @Test
    void denyList_namesAMember_itsLiveConnectionsAreCutWithinASecond() throws Exception {
        try (Fleet fleet = new Fleet(directory, 1)) {
            BlobId blob = fleet.node(0).seed(file("large.bin", LARGE), SeedOptions.to("*"));
            NodeCredentials lost = fleet.member("lost.example");
            try (RawMember idle = new RawMember(lost, fleet.node(0).address());
                    RawMember reading = new RawMember(lost, fleet.node(0).address());
                    RawMember honest = new RawMember(
                            fleet.member("honest.example"), fleet.node(0).address())) {
                idle.get("/health/live");
                reading.startReading("/blobs/" + blob, PACED);
                honest.startReading("/blobs/" + blob, PACED);
                idle.startReading();
                TestWait.until(() -> reading.bytes() > MIB && honest.bytes() > MIB);

                long published = publish(fleet, 1, lost.certificate());

                assertThat(idle.endedAfter(published)).isLessThan(CUT_WITHIN);
                assertThat(reading.endedAfter(published)).isLessThan(CUT_WITHIN);
                assertThat(reading.bytes()).isLessThan(LARGE);
                honest.hurry();
                assertThat(honest.bodySha256()).isEqualTo(blob.hex());
                assertThat(status(lost, fleet.node(0))).isEqualTo(403);
                assertThat(status(fleet.member("other.example"), fleet.node(0))).isEqualTo(200);
            }
        }
    }

    @Test
    void denyList_namesANode_othersNeitherServeNorAskIt() throws Exception {
        try (Fleet fleet = new Fleet(directory, 3)) {
            SwarmNode denied = fleet.node(1);
            trait(fleet.node(0), denied);
            trait(denied, fleet.node(0));

            long published = publish(fleet, 1, fleet.issued(1).certificate());
            TestWait.until(() -> Files.exists(fleet.data(0).resolve("deny-list.json"))
                    && Files.exists(fleet.data(2).resolve("deny-list.json")));
            assertThat(Duration.ofNanos(System.nanoTime() - published)).isLessThan(Duration.ofSeconds(5));

            assertThatThrownBy(() -> trait(denied, fleet.node(0))).hasMessageContaining("status 403");
            assertThatThrownBy(() -> trait(fleet.node(0), denied)).hasMessageContaining("not admitted to this fleet");
            assertThatThrownBy(() -> trait(fleet.node(2), denied)).hasMessageContaining("not admitted to this fleet");
            BlobId blob = fleet.node(0).seed(file("after.bin", 8 * MIB), SeedOptions.to("*"));
            fleet.node(2).awaitComplete(blob).get(60, TimeUnit.SECONDS);
            assertThat(denied.blobs()).isEmpty();
        }
    }

    @Test
    void denyList_givenToOneNode_reachesTheOthersByItself() throws Exception {
        try (Fleet fleet = new Fleet(directory, 4)) {
            SwarmNode denied = fleet.node(3);
            trait(denied, fleet.node(0));

            fleet.node(2).deny(fleet.deny(3));

            for (int i = 0; i < 3; i++) {
                SwarmNode node = fleet.node(i);
                TestWait.until(() -> refuses(node, denied));
            }
            TestWait.until(() -> Files.exists(fleet.data(0).resolve("deny-list.json"))
                    && Files.exists(fleet.data(1).resolve("deny-list.json")));
        }
    }

    @Test
    void denyList_deniedNodeGetsANewCertificate_isAMemberAgain() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            trait(fleet.node(1), fleet.node(0));
            publish(fleet, 1, fleet.issued(1).certificate());
            TestWait.until(() -> refuses(fleet.node(0), fleet.node(1)));

            fleet.node(1).rotate(fleet.credentials(1));

            BlobId blob = fleet.node(0).seed(file("again.bin", MIB), SeedOptions.to("*"));
            fleet.node(1).awaitComplete(blob).get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void rotate_whileALargeBlobIsOnItsWay_bytesAreRightAndTheNewestCertificateIsShown() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            Path file = file("large.bin", LARGE);
            BlobId blob = fleet.node(0).seed(file, SeedOptions.to("*"));
            NodeCredentials newest = fleet.credentials(0);
            int rotations = 0;
            for (int chunks = 16; chunks < LARGE / MIB; chunks += 32) {
                int held = chunks;
                TestWait.until(() -> heldChunks(fleet.node(1), blob) >= held);
                newest = fleet.credentials(0);
                fleet.node(0).rotate(newest);
                fleet.node(1).rotate(fleet.credentials(1));
                rotations++;
            }

            fleet.node(1).awaitComplete(blob).get(60, TimeUnit.SECONDS);

            assertThat(rotations).isEqualTo(8);
            assertThat(Files.mismatch(fleet.node(1).pathOf(blob), file)).isEqualTo(-1);
            try (RawMember asker =
                    new RawMember(fleet.member("asker.example"), fleet.node(0).address())) {
                assertThat(asker.peerCertificate()).isEqualTo(newest.certificate());
            }
        }
    }

    @Test
    void rotate_credentialsThatPeersWouldRefuse_changesNothing() throws Exception {
        try (Fleet fleet = new Fleet(directory, 2)) {
            SwarmNode node = fleet.node(0);
            NodeCredentials next = fleet.credentials(0);
            NodeCredentials denied = fleet.credentials(0);
            NodeCredentials mixed =
                    new NodeCredentials(next.chain(), fleet.credentials(0).key(), next.authority());
            publish(fleet, 1, denied.certificate());
            TestWait.until(() -> Files.exists(fleet.data(0).resolve("deny-list.json")));

            assertThatThrownBy(() -> node.rotate(mixed))
                    .isInstanceOf(SwarmException.class)
                    .hasMessageContaining("private key is not the certificate's");
            assertThatThrownBy(() -> node.rotate(denied))
                    .isInstanceOf(SwarmException.class)
                    .hasMessageContaining("is denied: peers would refuse it");

            try (RawMember asker = new RawMember(fleet.member("asker.example"), node.address())) {
                assertThat(asker.peerCertificate()).isEqualTo(fleet.issued(0).certificate());
            }
            trait(fleet.node(1), node);
        }
    }

    private static long heldChunks(SwarmNode node, BlobId blob) {
        if (Files.exists(node.pathOf(blob))) {
            return LARGE / MIB;
        }
        return node.status().transfers().stream()
                .filter(transfer -> transfer.blob().equals(blob))
                .mapToLong(transfer -> transfer.chunksHeld())
                .sum();
    }

    /** Puts a list in place in one step; the moment at which that was done. */
    private long publish(Fleet fleet, long version, X509Certificate... denied) throws IOException {
        Path next = Files.writeString(
                directory.resolve("next.json"),
                fleet.deny(version, List.of(denied)).toJson());
        Files.move(next, fleet.denyList(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return System.nanoTime();
    }

    private static boolean refuses(SwarmNode node, SwarmNode asker) throws Exception {
        try {
            trait(asker, node);
            return false;
        } catch (ExecutionException e) {
            return true;
        }
    }

    private static String trait(SwarmNode asker, SwarmNode asked) throws Exception {
        return asker.trait(asked.address(), "swarm").get(10, TimeUnit.SECONDS);
    }

    private static int status(NodeCredentials credentials, SwarmNode node) throws Exception {
        try (RawMember member = new RawMember(credentials, node.address())) {
            return member.get("/health/live");
        }
    }

    private Path file(String name, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return Files.write(directory.resolve(name), bytes);
    }
}
