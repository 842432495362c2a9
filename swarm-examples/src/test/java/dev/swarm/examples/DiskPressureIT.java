package dev.swarm.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.swarm.SwarmException;
import dev.swarm.SwarmNode;
import dev.swarm.blob.BlobId;
import dev.swarm.disk.DiskGate;
import dev.swarm.filecast.Filecast;
import dev.swarm.lifecycle.SeedTerms;
import dev.swarm.trait.JsonText;
import dev.swarm.transport.TestFleet;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That no disk is filled up, whoever brings the bytes. What befalls downloads is among {@link DownloaderActionsIT}. */
class DiskPressureIT {

    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    @Test
    void push_tenPercentFree_isAnswered507BeforeItsBodyAndTakenOnceThereIsRoom() throws Exception {
        try (Fleet fleet = new Fleet(directory, 0);
                SmallDisk disk = new SmallDisk(PushBox.directory(fleet.data(0)), 20)) {
            SwarmNode node = startWithBox(fleet, 0);
            PushBox box = node.subsystem(PushBox.class);
            disk.fill(18);

            RawMember.Answer refused = push(fleet, node, "Expect: 100-continue", new byte[0]);
            assertThat(refused.status()).isEqualTo(507);
            assertThat(refused.text()).startsWith("disk pressure: 10 % free");
            assertThat(push(fleet, node, "X: y", Seeds.content(1, 48 * 1024)).status())
                    .isEqualTo(507);
            assertThat(box.received()).isZero();
            assertThat(PushBox.directory(fleet.data(0)).resolve("app")).doesNotExist();

            disk.free();

            assertThat(push(fleet, node, "X: y", Seeds.content(1, MIB)).status())
                    .isEqualTo(200);
            assertThat(PushBox.directory(fleet.data(0)).resolve("app")).hasBinaryContent(Seeds.content(1, MIB));
            assertThat(push(fleet, node, "Expect: 100-continue", new byte[0]).status())
                    .isEqualTo(100);
            node.close();
        }
    }

    @Test
    void push_ofAClientThatSendsAtOnce_hearsTheAnswerAllTheSame() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "there is no curl");
        Path body = Files.write(directory.resolve("body"), Seeds.content(3, MIB));
        Path certificates = Files.createDirectory(directory.resolve("certificates"));
        try (Fleet fleet = new Fleet(directory, 0);
                SmallDisk disk = new SmallDisk(PushBox.directory(fleet.data(0)), 20)) {
            TestFleet.write(fleet.member("other.example"), certificates);
            SwarmNode node = startWithBox(fleet, 0);
            disk.fill(19);

            Process curl = new ProcessBuilder(
                            "/usr/bin/curl",
                            "-ksS",
                            "-w",
                            "%{http_code}",
                            "-H",
                            "Expect:",
                            "--data-binary",
                            "@" + body,
                            "--cert",
                            certificates.resolve("node.crt").toString(),
                            "--key",
                            certificates.resolve("node.key").toString(),
                            "https://" + node.address() + "/pushbox/app")
                    .redirectErrorStream(true)
                    .start();

            String said = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(said).startsWith("disk pressure").endsWith("507");
            assertThat(node.subsystem(PushBox.class).received()).isZero();
            node.close();
        }
    }

    @Test
    void sender_asksThePeerForThePlaceWhereItsBytesWouldLand() throws Exception {
        try (Fleet fleet = new Fleet(directory, 0);
                SmallDisk disk = new SmallDisk(PushBox.directory(fleet.data(0)), 20)) {
            SwarmNode full = startWithBox(fleet, 0);
            SwarmNode roomy = startWithBox(fleet, 1);
            disk.fill(19);

            assertThat(roomy.subsystem(PushBox.class).mayPush(full.address())).isFalse();
            assertThat(full.subsystem(PushBox.class).mayPush(roomy.address())).isTrue();
            full.close();
        }
    }

    @Test
    void storageHealth_tellsOfTheFileSystemOfEachSubsystem() throws Exception {
        try (Fleet fleet = new Fleet(directory, 0);
                SmallDisk disk = new SmallDisk(PushBox.directory(fleet.data(0)), 20)) {
            SwarmNode node = startWithBox(fleet, 0);

            assertThat(freePercent(fleet, node, "pushbox")).isEqualTo(100);
            disk.fill(15);
            assertThat(freePercent(fleet, node, "pushbox")).isEqualTo(25);
            assertThat(freePercent(fleet, node, "pushbox&user=ann")).isEqualTo(25);
            try (RawMember member = new RawMember(fleet.member("other.example"), node.address())) {
                // A node starts its plugins when it itself has started, each when its turn comes.
                TestWait.until(() -> member.get("/health/storage?for=filecast") == 200);
                assertThat(member.get("/health/storage?for=no-such-plugin")).isEqualTo(404);
            }
            double ofContent = freePercent(fleet, node, "filecast");
            assertThat(ofContent).isNotEqualTo(25);
            assertThat(freePercent(fleet, node, "payload")).isEqualTo(freePercent(fleet, node, "filecast"));
            try (RawMember member = new RawMember(fleet.member("other.example"), node.address())) {
                assertThat(member.get("/health/storage?for=pushbox&user=bob")).isEqualTo(404);
            }
            node.close();
        }
    }

    @Test
    void distribute_noRoomInTheSeedDirectory_isRefusedAndLeavesNothing() throws Exception {
        byte[] content = Seeds.content(2, 4 * MIB);
        Path file = Files.write(directory.resolve("app.bin"), content);
        SeedTerms terms = SeedTerms.of("*", "7d");
        try (Fleet fleet = new Fleet(directory, 0);
                SmallDisk disk = new SmallDisk(fleet.data(0).resolve("seed"), 20)) {
            SwarmNode node = fleet.start(0, config -> config.minFreePercent(DiskGate.DEFAULT_MIN_FREE_PERCENT));
            Filecast filecast = node.subsystem(Filecast.class);
            disk.fill(15);

            assertThatThrownBy(() -> filecast.distribute(file, "app.bin", terms))
                    .isInstanceOf(SwarmException.class)
                    .hasMessageContaining("disk pressure");
            try (var left = Files.list(fleet.data(0).resolve("seed"))) {
                assertThat(left).hasSize(1);
            }
            assertThat(node.blobs()).isEmpty();
            disk.free();

            BlobId blob = filecast.distribute(file, "app.bin", terms).blob();
            assertThat(Seeds.isActive(node, blob)).isTrue();
            node.close();
        }
    }

    private SwarmNode startWithBox(Fleet fleet, int number) throws Exception {
        SwarmNode node = PushBox.foundBy(
                directory.resolve("plugins"),
                () -> fleet.start(number, config -> config.minFreePercent(DiskGate.DEFAULT_MIN_FREE_PERCENT)));
        node.subsystem(PushBox.class).awaitStart();
        return node;
    }

    private static RawMember.Answer push(Fleet fleet, SwarmNode node, String field, byte[] sentAtOnce)
            throws Exception {
        try (RawMember member = new RawMember(fleet.member("other.example"), node.address())) {
            return member.post("/pushbox/app", MIB, field, sentAtOnce);
        }
    }

    private static double freePercent(Fleet fleet, SwarmNode node, String subsystem) throws Exception {
        try (RawMember member = new RawMember(fleet.member("other.example"), node.address())) {
            RawMember.Answer answer = member.answer("/health/storage?for=" + subsystem);
            return ((Number) JsonText.readObject(answer.text()).get("free_pct")).doubleValue();
        }
    }
}
