package dev.swarm.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.swarm.SwarmException;
import dev.swarm.manifest.DenyList;
import dev.swarm.manifest.DenyList.Denial;
import dev.swarm.peer.PeerAddress;
import dev.swarm.transport.Answer;
import dev.swarm.transport.Headers;
import dev.swarm.transport.MemberCertificates;
import dev.swarm.transport.NodeCredentials;
import dev.swarm.transport.PeerCertificate;
import dev.swarm.transport.Role;
import dev.swarm.transport.TestFleet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DenyGateTest {

    private static final TestFleet FLEET = new TestFleet("gate fleet");
    private static final NodeCredentials OPERATOR = FLEET.node("ops", Role.OPERATOR);
    private static final NodeCredentials SELF = FLEET.node("self");
    private static final PeerAddress PEER = PeerAddress.parse("10.0.0.9:1531");
    private static final NodeCredentials LOST = FLEET.node("lost");

    @TempDir
    Path directory;

    @Test
    void poll_fileChanges_newListIsInForceAndTold() throws IOException {
        Path source = directory.resolve("source.json");
        DenyGate gate = gate(source);
        AtomicInteger changes = new AtomicInteger();
        gate.onChange(changes::incrementAndGet);
        gate.load();
        assertThat(gate.denies(LOST.certificate())).isFalse();

        Files.writeString(source, list(1, LOST).toJson());
        gate.poll();
        gate.poll();

        assertThat(gate.denies(LOST.certificate())).isTrue();
        assertThat(changes).hasValue(1);
    }

    @Test
    void poll_fileIsDamaged_listInForceStays() throws IOException {
        Path source = directory.resolve("source.json");
        Files.writeString(source, list(1, LOST).toJson());
        DenyGate gate = gate(source);
        gate.load();

        Files.writeString(source, "{\"format\":");
        gate.poll();

        assertThat(gate.denies(LOST.certificate())).isTrue();
    }

    @Test
    void load_whatIsNoRegularFile_isRefusedUnread() throws Exception {
        Path pipe = directory.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "there are no pipes here");
        DenyGate.Reading never = (file, most) -> {
            throw new AssertionError("reading a pipe waits for somebody who writes");
        };
        for (Path source : List.of(pipe, directory)) {
            DenyGate gate =
                    new DenyGate(FLEET.authority(), SELF.certificate(), new StateFiles(directory), source, never);

            assertThatThrownBy(gate::load)
                    .isInstanceOf(SwarmException.class)
                    .hasMessage("deny list " + source + " is no regular file; name one, as it is read again and again");
        }
    }

    @Test
    void problem_fileIsDamagedThenMended_lastsUntilThen() throws IOException {
        Path source = directory.resolve("source.json");
        DenyGate gate = gate(source);
        gate.load();
        assertThat(gate.problem()).isNull();

        Files.writeString(source, "{\"format\":");
        gate.poll();
        gate.poll();
        assertThat(gate.problem()).contains("source.json", "cannot be used");

        Files.writeString(source, list(1, LOST).toJson());
        gate.poll();
        assertThat(gate.problem()).isNull();
    }

    @Test
    void offerFrom_listOfAPeer_isInForceIfItIsNewerAndSigned() throws IOException {
        DenyGate gate = gate(directory.resolve("source.json"));
        gate.load();

        gate.offerFrom(PEER, answer(200, list(2, LOST).toJson()));

        assertThat(gate.denies(LOST.certificate())).isTrue();
        assertThat(gate.number()).isEqualTo(2);
    }

    @Test
    void offerFrom_whatDoesNotCount_changesNothing() throws IOException {
        DenyGate gate = gate(directory.resolve("source.json"));
        gate.load();
        gate.offer(list(2, LOST));
        NodeCredentials plain = FLEET.node("plain");
        NodeCredentials stranger = new TestFleet("other fleet").node("ops", Role.OPERATOR);
        List<DenyList.Denial> self = List.of(DenyList.Denial.of(SELF.certificate()));

        gate.offerFrom(PEER, answer(404, ""));
        gate.offerFrom(PEER, answer(200, "garbage"));
        gate.offerFrom(PEER, answer(200, list(1, SELF).toJson()));
        gate.offerFrom(
                PEER, answer(200, DenyList.sign(9, Instant.EPOCH, self, plain).toJson()));
        gate.offerFrom(
                PEER,
                answer(200, DenyList.sign(9, Instant.EPOCH, self, stranger).toJson()));
        String altered = list(9, SELF).toJson().replaceFirst("(?<=\"version\"\\s{0,3}:\\s{0,3})9", "10");
        assertThat(altered).contains("10");
        gate.offerFrom(PEER, answer(200, altered));

        assertThat(gate.number()).isEqualTo(2);
        assertThat(gate.denies(SELF.certificate())).isFalse();
        assertThat(gate.denies(LOST.certificate())).isTrue();
    }

    private static Answer answer(int status, String body) {
        PeerCertificate peer = MemberCertificates.read(FLEET.node("peer").certificate());
        return new Answer(status, Headers.empty(), peer, StandardCharsets.UTF_8.encode(body));
    }

    @Test
    void load_fileIsDamaged_isRefusedNamingIt() throws IOException {
        Path source = directory.resolve("source.json");
        Files.writeString(source, "{\"format\":");

        assertThatThrownBy(() -> gate(source).load())
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining(source.toString());
    }

    @Test
    void load_afterARestartWithAnOlderFile_newerListStaysInForce() throws IOException {
        Path source = directory.resolve("source.json");
        Files.writeString(source, list(2, LOST).toJson());
        gate(source).load();

        Files.writeString(source, list(1).toJson());
        DenyGate again = gate(source);
        again.load();

        assertThat(again.denies(LOST.certificate())).isTrue();
    }

    @Test
    void load_keptListIsTorn_isSetAsideAndTheFileCounts() throws IOException {
        Path source = directory.resolve("source.json");
        Files.writeString(source, list(1, LOST).toJson());
        Files.writeString(directory.resolve("deny-list.json"), "{");

        DenyGate gate = gate(source);
        gate.load();

        assertThat(gate.denies(LOST.certificate())).isTrue();
        assertThat(directory.resolve("deny-list.json.unreadable")).exists();
    }

    @Test
    void offer_sameVersionWithOtherContent_isRefusedNamingBoth() throws IOException {
        DenyGate gate = gate(null);
        gate.load();
        gate.offer(list(4, LOST));

        assertThatThrownBy(() -> gate.offer(list(4)))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("version 4 is not newer")
                .hasMessageContaining("in force, version 4");
        assertThat(gate.denies(LOST.certificate())).isTrue();
    }

    @Test
    void offer_signerIsDenied_isRefused() throws IOException {
        DenyGate gate = gate(null);
        gate.load();
        gate.offer(list(1, OPERATOR));

        assertThatThrownBy(() -> gate.offer(list(2)))
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("signed with a certificate that is denied");
    }

    @Test
    void poll_readingFails_isTriedAgainThoughTheFileStaysTheSame() throws IOException {
        Path source = directory.resolve("source.json");
        AtomicInteger failures = new AtomicInteger(2);
        DenyGate gate =
                new DenyGate(FLEET.authority(), SELF.certificate(), new StateFiles(directory), source, (file, most) -> {
                    if (failures.getAndDecrement() > 0) {
                        throw new IOException("too many open files");
                    }
                    return Files.readAllBytes(file);
                });
        gate.load();
        Files.writeString(source, list(1, LOST).toJson());

        gate.poll();
        gate.poll();
        assertThat(gate.denies(LOST.certificate())).isFalse();

        gate.poll();
        assertThat(gate.denies(LOST.certificate())).isTrue();
    }

    @Test
    void poll_fileChangesWithinOneTickAtTheSameLength_isSeen() throws IOException {
        Path source = directory.resolve("source.json");
        FileTime tick = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
        String json = list(1, LOST).toJson();
        String damaged = "x".repeat(json.length());
        Files.setLastModifiedTime(Files.writeString(source, damaged), tick);
        DenyGate gate = gate(source);
        assertThatThrownBy(gate::load).isInstanceOf(SwarmException.class);

        Path next = directory.resolve("next.json");
        Files.writeString(next, json);
        Files.setLastModifiedTime(next, tick);
        Files.move(next, source, StandardCopyOption.REPLACE_EXISTING);
        gate.poll();

        assertThat(Files.size(source)).isEqualTo(damaged.length());
        assertThat(gate.denies(LOST.certificate())).isTrue();
    }

    @Test
    void poll_listCannotBeKept_isInForceAndKeptOnceThereIsRoom() throws IOException {
        Path source = directory.resolve("source.json");
        DenyGate gate = gate(source);
        gate.load();
        Path inTheWay = Files.createDirectory(directory.resolve("deny-list.json.tmp"));
        Files.writeString(source, list(1, LOST).toJson());

        gate.poll();
        assertThat(gate.denies(LOST.certificate())).isTrue();
        assertThat(directory.resolve("deny-list.json")).doesNotExist();

        Files.delete(inTheWay);
        gate.poll();
        assertThat(directory.resolve("deny-list.json")).exists();
    }

    @Test
    void offer_listCannotBeKept_isInForceToldAndReported() throws IOException {
        DenyGate gate = gate(null);
        AtomicInteger changes = new AtomicInteger();
        gate.onChange(changes::incrementAndGet);
        gate.load();
        Path inTheWay = Files.createDirectory(directory.resolve("deny-list.json.tmp"));

        assertThatIOException()
                .isThrownBy(() -> gate.offer(list(1, LOST)))
                .withMessageContaining("deny list 1")
                .withMessageContaining("is in force, but cannot be kept");
        assertThat(gate.denies(LOST.certificate())).isTrue();

        Files.delete(inTheWay);
        gate.offer(gate.current());
        assertThat(changes).hasValue(1);
        assertThat(gateAfterRestart().denies(LOST.certificate())).isTrue();
    }

    @Test
    void load_fileIsNotUtf8_isRefusedNamingIt() throws IOException {
        Path source = Files.write(directory.resolve("source.json"), new byte[] {'{', (byte) 0xFF, '}'});

        assertThatThrownBy(() -> gate(source).load())
                .isInstanceOf(SwarmException.class)
                .hasMessageContaining("deny list " + source + " cannot be used");
    }

    @Test
    void load_ownCertificateIsDenied_nodeGoesOn() throws IOException {
        Path source = directory.resolve("source.json");
        Files.writeString(source, list(1, SELF).toJson());
        DenyGate gate = gate(source);

        gate.load();

        assertThat(gate.denies(SELF.certificate())).isTrue();
    }

    @Test
    void load_listDeniesItsOwnSigner_isInForceAndItsLast() throws IOException {
        Path source = directory.resolve("source.json");
        Files.writeString(source, list(1, OPERATOR).toJson());
        DenyGate gate = gate(source);
        gate.load();

        Files.writeString(source, list(2, OPERATOR, LOST).toJson());
        gate.poll();

        assertThat(gate.denies(OPERATOR.certificate())).isTrue();
        assertThat(gate.denies(LOST.certificate())).isFalse();
    }

    @ParameterizedTest(name = "{0} after {1}: {2}")
    @CsvSource({"1, 5, refused", "4, 5, refused", "5, 5, refused", "6, 5, in force", "9000000000, 5, in force"})
    void offer_versionAfterAnother_onlyAHigherOneCounts(long version, long held, String outcome) throws IOException {
        DenyGate gate = gate(null);
        gate.load();
        gate.offer(list(held));

        if (outcome.equals("refused")) {
            assertThatThrownBy(() -> gate.offer(list(version, LOST)))
                    .isInstanceOf(SwarmException.class)
                    .hasMessageContaining("version " + version + " is not newer")
                    .hasMessageContaining("in force, version " + held);
        } else {
            gate.offer(list(version, LOST));
        }

        assertThat(gate.denies(LOST.certificate())).isEqualTo(outcome.equals("in force"));
    }

    private DenyGate gateAfterRestart() throws IOException {
        DenyGate gate = gate(null);
        gate.load();
        return gate;
    }

    private DenyGate gate(Path source) {
        return new DenyGate(FLEET.authority(), SELF.certificate(), new StateFiles(directory), source);
    }

    private static DenyList list(long version, NodeCredentials... denied) {
        List<Denial> denials = List.of(denied).stream()
                .map(NodeCredentials::certificate)
                .map(Denial::of)
                .toList();
        return DenyList.sign(version, Instant.now(), denials, OPERATOR);
    }
}
